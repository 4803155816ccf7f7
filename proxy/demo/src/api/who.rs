//! Who asks, and what they may: the three people of the demo.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::ApiError;
use crate::kinds::Kind;

/// Somebody the cluster knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// May do everything.
    Admin,
    /// May see everything but Secrets.
    Viewer,
    /// May do everything in one namespace, and see nothing else.
    Developer,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// `get`, `list`, `watch`, `create` and so on.
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// What lies below the object; empty for the object itself.
    pub sub: &'a str,
    /// The namespace; empty for all, or for what has none.
    pub namespace: &'a str,
    /// The object; empty for all.
    pub name: &'a str,
}

/// The header by which a request says as whom it is made; without it, by the bearer token.
pub const WHO: &str = "x-pilothouse-demo-user";
/// The namespace of the developer.
pub const DEVELOPERS_NAMESPACE: &str = "shop";
const TOKEN_PREFIX: &str = "pilothouse-demo-";

impl Who {
    /// The three, the one first who may do everything.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Viewer, Self::Developer];

    /// What to call acting as them.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "as admin",
            Self::Viewer => "as viewer, who reads",
            Self::Developer => "as dev, of one namespace",
        }
    }

    /// Who makes a request: the admin where nobody is named.
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        if let Some(name) = headers.get(WHO) {
            return Self::ALL.into_iter().find(|who| name == who.short_name()).ok_or(ApiError::Unauthorized);
        }
        let Some(credential) = headers.get(AUTHORIZATION) else {
            return Ok(Self::Admin);
        };
        let token = credential.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let name = token.and_then(|token| token.strip_prefix(TOKEN_PREFIX));
        Self::ALL.into_iter().find(|who| name == Some(who.short_name())).ok_or(ApiError::Unauthorized)
    }

    /// By which headers name them.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::Developer => "dev",
        }
    }

    /// The bearer token.
    pub fn token(self) -> String {
        format!("{TOKEN_PREFIX}{}", self.short_name())
    }

    /// The groups that they are in.
    pub fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Admin => &["system:masters", "system:authenticated"],
            Self::Viewer => &["viewers", "system:authenticated"],
            Self::Developer => &["developers", "system:authenticated"],
        }
    }

    /// Whether they may do something.
    pub fn may(self, attempt: &Attempt<'_>) -> bool {
        let reads = matches!(attempt.verb, "get" | "list" | "watch");
        let asks_of_self = attempt.verb == "create"
            && matches!(
                (attempt.group, attempt.resource),
                ("authorization.k8s.io", "selfsubjectaccessreviews" | "selfsubjectrulesreviews")
                    | ("authentication.k8s.io", "selfsubjectreviews")
            );
        match self {
            Self::Admin => true,
            Self::Viewer => asks_of_self || (reads && attempt.resource != "secrets"),
            Self::Developer => {
                let of_cluster = matches!(attempt.resource, "resourcequotas" | "limitranges");
                asks_of_self || (attempt.namespace == DEVELOPERS_NAMESPACE && (reads || !of_cluster))
            }
        }
    }

    /// Refuses what they may not do.
    pub fn check(self, kind: &'static Kind, attempt: &Attempt<'_>) -> Result<(), ApiError> {
        if self.may(attempt) {
            return Ok(());
        }
        let resource = if attempt.sub.is_empty() {
            attempt.resource.to_owned()
        } else {
            format!("{}/{}", attempt.resource, attempt.sub)
        };
        let what = match attempt.name {
            "" => format!("{} is forbidden", kind.resource()),
            name => format!("{} \"{name}\" is forbidden", kind.resource()),
        };
        let place = match attempt.namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let message = format!(
            "{what}: User \"{}\" cannot {} resource \"{resource}\" in API group \"{}\" {place}",
            self.short_name(),
            attempt.verb,
            attempt.group
        );
        Err(ApiError::Forbidden { kind: Some(kind), name: attempt.name.to_owned(), message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_may_do_what_their_role_says() {
        let check = |who: Who, verb, resource, namespace, expect: bool| {
            let attempt = Attempt { verb, group: "", resource, sub: "", namespace, name: "" };
            assert_eq!(who.may(&attempt), expect, "{who:?} {verb} {resource} {namespace}");
        };
        check(Who::Admin, "delete", "nodes", "", true);
        check(Who::Viewer, "list", "pods", "", true);
        check(Who::Viewer, "list", "secrets", "shop", false);
        check(Who::Viewer, "delete", "pods", "shop", false);
        check(Who::Developer, "delete", "pods", "shop", true);
        check(Who::Developer, "list", "secrets", "shop", true);
        check(Who::Developer, "update", "resourcequotas", "shop", false);
        check(Who::Developer, "list", "pods", "", false);
        check(Who::Developer, "list", "nodes", "", false);
    }

    #[test]
    fn a_request_names_its_user_by_header_or_token() {
        let check = |name: &'static str, value: &str, expect: Option<Who>| {
            let headers = [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
            assert_eq!(Who::of(&headers).ok(), expect, "{name} {value}");
        };
        check(WHO, "viewer", Some(Who::Viewer));
        check(WHO, "nobody", None);
        check("authorization", &format!("Bearer {}", Who::Developer.token()), Some(Who::Developer));
        check("authorization", "Bearer x", None);
        check("authorization", "Basic x", None);
        check("accept", "x", Some(Who::Admin));
    }
}
