//! What a request is refused with: `Status` objects in the API server's own words.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::store::history::Expired;
use crate::tree;

/// Why a request was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// There is no object of this name.
    #[error("{kind} \"{1}\" not found", kind = .0.resource())]
    NotFound(&'static Kind, String),
    /// There is one already.
    #[error("{kind} \"{1}\" already exists", kind = .0.resource())]
    AlreadyExists(&'static Kind, String),
    /// Somebody else changed it meanwhile.
    #[error(
        "Operation cannot be fulfilled on {kind} \"{1}\": the object has been modified; please apply your changes to the \
         latest version and try again",
        kind = .0.resource()
    )]
    Conflict(&'static Kind, String),
    /// As [`Self::Conflict`], for a reason of its own.
    #[error("Operation cannot be fulfilled on {kind} \"{1}\": {2}", kind = .0.resource())]
    Precondition(&'static Kind, String, String),
    /// The object breaks the rules of its kind.
    #[error("{kind} \"{1}\" is invalid: {causes}", kind = .0.qualified(), causes = listed(.2))]
    Invalid(&'static Kind, String, Vec<Cause>),
    /// Whoever asks may not.
    #[error("{message}")]
    Forbidden {
        /// The kind, where it was about one.
        kind: Option<&'static Kind>,
        /// The name, where it was about one.
        name: String,
        /// Who, what and why.
        message: String,
    },
    /// An eviction would break a budget.
    #[error("Cannot evict pod as it would violate the pod's disruption budget.")]
    Budget(Vec<Cause>),
    /// What is asked for is no longer remembered.
    #[error(transparent)]
    Expired(#[from] Expired),
    /// A page of a list whose snapshot has gone, and the token with which the rest comes as it is now.
    #[error(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the list. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
    )]
    ContinueExpired(String),
    /// The moment of a list has been forgotten.
    #[error("The resourceVersion for the provided list is too old.")]
    ListExpired,
    /// What should be a version is none.
    #[error(
        "invalid resource version: resourceVersion: Invalid value: \"{0}\": strconv.ParseUint: parsing \"{0}\": {why}",
        why = if .0.bytes().all(|byte| byte.is_ascii_digit()) { "value out of range" } else { "invalid syntax" }
    )]
    Version(String),
    /// The options of a request contradict each other.
    #[error("{0}.meta.k8s.io \"\" is invalid: {causes}", causes = listed(.1))]
    InvalidOptions(&'static str, Vec<Cause>),
    /// What is sent to a subresource breaks the rules of its kind: the kind, its group, the object's name, and why.
    #[error("{0}{dot}{1} \"{2}\" is invalid: {causes}", dot = if .1.is_empty() { "" } else { "." }, causes = listed(.3))]
    InvalidPart(&'static str, &'static str, String, Vec<Cause>),
    /// The version lies in the future.
    #[error("Timeout: Too large resource version: {0}, current: {1}")]
    Future(u64, u64),
    /// The request makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// The path leads nowhere.
    #[error("the server could not find the requested resource")]
    NoResource,
    /// Nobody is known by the credential.
    #[error("Unauthorized")]
    Unauthorized,
    /// The resource cannot do that.
    #[error("the server does not allow this method on the requested resource")]
    MethodNotAllowed,
    /// No representation that was asked for is to be had.
    #[error("{0}")]
    NotAcceptable(&'static str),
    /// A list was asked for in a form that only single objects have.
    #[error("you requested PartialObjectMetadata, but the requested object is a list (*{}List)", .0.name)]
    FormOfOne(&'static Kind),
    /// The body is of a type that is not understood.
    #[error("the body of the request was in an unknown format - accepted media types include: {0}")]
    UnsupportedMediaType(&'static str),
    /// The patch is of a type that is not understood.
    #[error("415: Unsupported Media Type")]
    UnsupportedPatchType,
    /// The body is too long.
    #[error("Request entity too large: limit is 3145728")]
    TooLarge,
    /// The object is longer than what is stored.
    #[error("etcdserver: request is too large")]
    ObjectTooLarge,
    /// There is no room for more objects.
    #[error("etcdserver: mvcc: database space exceeded")]
    Full,
    /// The patch cannot be applied to the object.
    #[error("the server rejected our request due to an error in our request")]
    Unprocessable,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone)]
pub struct Cause {
    /// `FieldValueRequired` and the like.
    pub reason: &'static str,
    /// What is wrong, field included.
    pub message: String,
    /// The path of the field.
    pub field: String,
}

impl ApiError {
    /// The code of the answer.
    pub fn code(&self) -> StatusCode {
        match self {
            Self::NotFound(..) | Self::NoResource => StatusCode::NOT_FOUND,
            Self::AlreadyExists(..) | Self::Conflict(..) | Self::Precondition(..) => StatusCode::CONFLICT,
            Self::Invalid(..) | Self::InvalidOptions(..) | Self::InvalidPart(..) | Self::Unprocessable => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Budget(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Expired(_) | Self::ContinueExpired(_) | Self::ListExpired => StatusCode::GONE,
            Self::Version(_) => StatusCode::BAD_REQUEST,
            Self::Future(..) => StatusCode::GATEWAY_TIMEOUT,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable(_) | Self::FormOfOne(_) => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) | Self::UnsupportedPatchType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            // The API server says 500, but the fault is the request's.
            Self::TooLarge | Self::ObjectTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Full => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The `Status` object.
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.to_string(),
            "code": self.code().as_u16(),
        });
        if let Self::ContinueExpired(token) = self {
            tree::put(&mut status, &["metadata", "continue"], token.as_str().into());
        }
        if let Some(reason) = self.reason() {
            tree::put(&mut status, &["reason"], reason.into());
        }
        if let Some(details) = self.details() {
            tree::put(&mut status, &["details"], details);
        }
        status
    }

    fn reason(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound(..) | Self::NoResource => "NotFound",
            Self::AlreadyExists(..) => "AlreadyExists",
            Self::Conflict(..) | Self::Precondition(..) => "Conflict",
            Self::Invalid(..) | Self::InvalidOptions(..) | Self::InvalidPart(..) | Self::Unprocessable => "Invalid",
            Self::Forbidden { .. } => "Forbidden",
            Self::Budget(_) => "TooManyRequests",
            Self::Expired(_) | Self::ContinueExpired(_) | Self::ListExpired => "Expired",
            Self::Future(..) => "Timeout",
            Self::BadRequest(_) | Self::Version(_) => "BadRequest",
            Self::Unauthorized => "Unauthorized",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::NotAcceptable(_) | Self::FormOfOne(_) => "NotAcceptable",
            Self::UnsupportedMediaType(_) | Self::UnsupportedPatchType => "UnsupportedMediaType",
            Self::TooLarge | Self::ObjectTooLarge => "RequestEntityTooLarge",
            Self::Full => "InternalError",
        })
    }

    fn details(&self) -> Option<Value> {
        Some(match self {
            Self::NotFound(kind, name)
            | Self::AlreadyExists(kind, name)
            | Self::Conflict(kind, name)
            | Self::Precondition(kind, name, _) => details(kind, kind.plural, name),
            Self::Invalid(kind, name, causes) => {
                let mut details = details(kind, kind.name, name);
                tree::put(&mut details, &["causes"], causes.iter().map(Cause::value).collect::<Value>());
                details
            }
            Self::InvalidPart(kind, group, name, causes) => {
                let mut details = json!({ "causes": causes.iter().map(Cause::value).collect::<Value>() });
                let named = [("name", name.as_str()), ("group", group), ("kind", kind)];
                for (member, text) in named.into_iter().filter(|(_, text)| !text.is_empty()) {
                    tree::put(&mut details, &[member], text.into());
                }
                details
            }
            Self::InvalidOptions(kind, causes) => json!({
                "group": "meta.k8s.io",
                "kind": kind,
                "causes": causes.iter().map(Cause::value).collect::<Value>(),
            }),
            Self::Forbidden { kind: Some(kind), name, .. } => details(kind, kind.plural, name),
            Self::Budget(causes) => json!({ "causes": causes.iter().map(Cause::value).collect::<Value>() }),
            Self::NoResource
            | Self::MethodNotAllowed
            | Self::NotAcceptable(_)
            | Self::UnsupportedPatchType
            | Self::Unprocessable => json!({}),
            Self::Future(..) => json!({
                "causes": [{ "reason": "ResourceVersionTooLarge", "message": "Too large resource version" }],
                "retryAfterSeconds": 1,
            }),
            _ => return None,
        })
    }
}

impl Cause {
    fn value(&self) -> Value {
        let mut value = json!({ "reason": self.reason, "message": self.message });
        if !self.field.is_empty() {
            tree::put(&mut value, &["field"], self.field.as_str().into());
        }
        value
    }
}

fn details(kind: &Kind, of: &str, name: &str) -> Value {
    let mut details = json!({ "kind": of });
    if !name.is_empty() {
        tree::put(&mut details, &["name"], name.into());
    }
    if !kind.group.is_empty() {
        tree::put(&mut details, &["group"], kind.group.into());
    }
    details
}

fn listed(causes: &[Cause]) -> String {
    let messages: Vec<_> = causes.iter().map(|Cause { field, message, .. }| format!("{field}: {message}")).collect();
    match messages.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}
