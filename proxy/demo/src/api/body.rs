//! The object that a request brings.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::error::ApiError;
use crate::kinds::Kind;
use crate::store::object::part::{self, Part};

const ACCEPTED: &str = "application/json";
/// What `kubectl create NOUN` is told, which sends nothing else.
const NO_PROTOBUF: &str = "application/json. The demo cluster reads no protobuf, which kubectl sends for objects that it \
                           makes itself: add --dry-run=client -o yaml | kubectl apply -f -";

/// Reads an object that has to be of a kind.
pub fn object(kind: &Kind, headers: &HeaderMap, body: &Bytes) -> Result<Value, ApiError> {
    object_of(kind.name, &kind.api_version(), headers, body)
}

/// Reads of an object that has to be of a kind what a replacement of its status looks at.
pub fn status(kind: &Kind, headers: &HeaderMap, body: &Bytes) -> Result<Value, ApiError> {
    let read = |body: &Bytes| std::str::from_utf8(body).map_or_else(|_| serde_json::from_slice(body), read_status);
    read_as(kind.name, &kind.api_version(), headers, body, &read)
}

/// Reads an object that has to be of a kind and version.
pub fn object_of(name: &str, api_version: &str, headers: &HeaderMap, body: &Bytes) -> Result<Value, ApiError> {
    read_as(name, api_version, headers, body, &|body| serde_json::from_slice(body))
}

fn read_status(text: &str) -> serde_json::Result<Value> {
    const PARTS: &[Part] =
        &[Part::whole("apiVersion"), Part::whole("kind"), Part::whole("metadata"), Part::whole("status")];
    part::read(text, PARTS)
}

fn read_as(
    name: &str,
    api_version: &str,
    headers: &HeaderMap,
    body: &Bytes,
    read: &dyn Fn(&Bytes) -> serde_json::Result<Value>,
) -> Result<Value, ApiError> {
    check_content_type(headers)?;
    let unrecognized = |why: String| {
        ApiError::BadRequest(format!(
            "the object provided is unrecognized (must be of type {name}): couldn't get version/kind; json parse \
             error: {why}"
        ))
    };
    let object = read(body).map_err(|error| unrecognized(error.to_string()))?;
    if !object.is_object() {
        return Err(unrecognized("json: cannot unmarshal into an object".into()));
    }
    let text = |member: &str| object.get(member).and_then(Value::as_str).unwrap_or_default();
    let (sent_name, sent_version) = (text("kind"), text("apiVersion"));
    if !sent_name.is_empty() && sent_name != name {
        return Err(ApiError::BadRequest(format!(
            "{sent_name} in version \"{}\" cannot be handled as a {name}: converting ({sent_version}.{sent_name}) to \
             ({api_version}.{name}): unknown conversion",
            sent_version.rsplit('/').next().unwrap_or_default()
        )));
    }
    if !sent_version.is_empty() && sent_version != api_version {
        return Err(ApiError::BadRequest(format!(
            "the API version in the data ({sent_version}) does not match the expected API version ({api_version})"
        )));
    }
    Ok(object)
}

/// Reads options, which may be absent.
pub fn options(headers: &HeaderMap, body: &Bytes) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    check_content_type(headers)?;
    let options: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::BadRequest(format!("couldn't get version/kind; json parse error: {error}")))?;
    if options.is_object() { Ok(options) } else { Err(ApiError::BadRequest("options have to be an object".into())) }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(content_type) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let content_type = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if matches!(content_type, "application/json" | "*/*") {
        return Ok(());
    }
    let is_protobuf = content_type == "application/vnd.kubernetes.protobuf";
    Err(ApiError::UnsupportedMediaType(if is_protobuf { NO_PROTOBUF } else { ACCEPTED }))
}
