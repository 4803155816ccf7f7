//! What a path names: an object, a list, a document of discovery.

use percent_encoding::percent_decode_str;

use crate::error::ApiError;
use crate::kinds::{Kind, Kinds, Subresource};

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All objects of a kind, in one namespace or in all.
    Collection(&'static Kind, Option<String>),
    /// One object, or what lies below it.
    Object(ObjectTarget),
    /// A document that is no object: a health check, discovery, OpenAPI.
    Document(Document),
}

/// An object by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectTarget {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace; empty for what has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What lies below it.
    pub sub: Option<&'static Subresource>,
}

/// The documents that are no objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// `/`: the list of paths.
    Paths,
    /// `/version`.
    Version,
    /// `/healthz`, `/livez`, `/readyz`.
    Health,
    /// `/api`: the versions of the core.
    CoreVersions,
    /// `/apis`: all groups.
    Groups,
    /// `/apis/GROUP`.
    Group(String),
    /// `/api/v1`, `/apis/GROUP/VERSION`: the resources of a version.
    Resources(String, String),
    /// `/openapi/v3`.
    OpenApiIndex,
    /// `/openapi/v3/…`: the schemas of a version.
    OpenApi(String),
}

/// Why a path names nothing.
#[derive(Debug, Clone)]
pub enum NoTarget {
    /// Nothing answers below this path at all.
    Page,
    /// The group is known, the resource is not.
    Resource,
}

impl From<NoTarget> for Option<ApiError> {
    fn from(no: NoTarget) -> Self {
        matches!(no, NoTarget::Resource).then_some(ApiError::NoResource)
    }
}

impl Target {
    /// What a path names.
    pub fn parse(path: &str, kinds: &Kinds) -> Result<Self, NoTarget> {
        if let Some(rest) = path.strip_prefix("/openapi/v3") {
            let rest = rest.trim_matches('/');
            let document = if rest.is_empty() { Document::OpenApiIndex } else { Document::OpenApi(rest.to_owned()) };
            return Ok(Self::Document(document));
        }
        let decode = |segment: &str| percent_decode_str(segment).decode_utf8().ok().map(String::from);
        let segments: Option<Vec<_>> = path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let segments = segments.ok_or(NoTarget::Page)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [] => Ok(Self::Document(Document::Paths)),
            ["version"] => Ok(Self::Document(Document::Version)),
            ["healthz" | "livez" | "readyz", ..] => Ok(Self::Document(Document::Health)),
            ["api"] => Ok(Self::Document(Document::CoreVersions)),
            ["apis"] => Ok(Self::Document(Document::Groups)),
            ["api", version, rest @ ..] => below(kinds, "", version, rest),
            ["apis", group] if kinds.all().iter().any(|kind| kind.group == *group) => {
                Ok(Self::Document(Document::Group((*group).to_owned())))
            }
            ["apis", group, version, rest @ ..] if !group.is_empty() => below(kinds, group, version, rest),
            _ => Err(NoTarget::Page),
        }
    }
}

fn below(kinds: &Kinds, group: &str, version: &str, rest: &[&str]) -> Result<Target, NoTarget> {
    let served = kinds.all();
    let mut of_version = served.into_iter().filter(|kind| (kind.group, kind.version) == (group, version)).peekable();
    if of_version.peek().is_none() {
        let is_known = kinds.all().iter().any(|kind| kind.group == group);
        return Err(if is_known { NoTarget::Resource } else { NoTarget::Page });
    }
    let of_version: Vec<_> = of_version.collect();
    let find = |plural: &str| of_version.iter().copied().find(|kind| kind.plural == plural);
    let (namespace, plural, rest) = match rest {
        [] => return Ok(Target::Document(Document::Resources(group.to_owned(), version.to_owned()))),
        ["namespaces", namespace, plural, rest @ ..] if find(plural).is_some() => (Some(*namespace), *plural, rest),
        [plural, rest @ ..] => (None, *plural, rest),
    };
    let kind = find(plural).ok_or(NoTarget::Resource)?;
    if namespace.is_some() && !kind.namespaced {
        return Err(NoTarget::Resource);
    }
    let object = |name: &str, sub| {
        if kind.namespaced && namespace.is_none() {
            return Err(NoTarget::Resource);
        }
        let namespace = namespace.unwrap_or_default().to_owned();
        Ok(Target::Object(ObjectTarget { kind, namespace, name: name.to_owned(), sub }))
    };
    match rest {
        [] => Ok(Target::Collection(kind, namespace.map(str::to_owned))),
        [name] => object(name, None),
        [name, sub] => object(name, Some(kind.subresource(sub).ok_or(NoTarget::Resource)?)),
        _ => Err(NoTarget::Resource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_what_they_name_in_kubernetes() {
        let kinds = Kinds::default();
        let check = |path: &str, expect: &str| {
            let target = match Target::parse(path, &kinds) {
                Ok(Target::Collection(kind, namespace)) => format!("list {} {namespace:?}", kind.resource()),
                Ok(Target::Object(ObjectTarget { kind, namespace, name, sub })) => {
                    format!("one {} {namespace}/{name} {:?}", kind.resource(), sub.map(|sub| sub.name))
                }
                Ok(Target::Document(document)) => format!("{document:?}"),
                Err(no) => format!("{no:?}"),
            };
            assert_eq!(target, expect, "{path}");
        };
        check("/", "Paths");
        check("/api", "CoreVersions");
        check("/api/v1", "Resources(\"\", \"v1\")");
        check("/api/v2", "Resource");
        check("/apis/apps/v2/deployments", "Resource");
        check("/api/v1/pods", "list pods None");
        check("/api/v1/namespaces", "list namespaces None");
        check("/api/v1/namespaces/shop", "one namespaces /shop None");
        check("/api/v1/namespaces/shop/status", "one namespaces /shop Some(\"status\")");
        check("/api/v1/namespaces/shop/pods", "list pods Some(\"shop\")");
        check("/api/v1/namespaces/shop/pods/a%2Fb/log", "one pods shop/a/b Some(\"log\")");
        check("/api/v1/pods/a", "Resource");
        check("/api/v1/nothing", "Resource");
        check("/api/v1/namespaces/shop/nodes", "Resource");
        check("/api/v1/namespaces/shop/pods/a/nothing", "Resource");
        check("/apis/apps", "Group(\"apps\")");
        check("/apis/apps/v1/deployments", "list deployments.apps None");
        check("/apis/nothing/v1", "Page");
        check("/apis//v1/pods", "Page");
        check("/nothing", "Page");
        check("/%FF", "Page");
        check("/openapi/v3", "OpenApiIndex");
        check("/openapi/v3/apis/apps/v1", "OpenApi(\"apis/apps/v1\")");
    }
}
