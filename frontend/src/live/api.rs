//! Paths of the Kubernetes API, relative to its base.

use model::pages::PAGE_ITEMS;

/// One resource, in one namespace or in all, of one name or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// For example `api/v1/pods` or `api/v1/namespaces/a/pods`.
    path: String,
    /// A field selector, or empty.
    fields: String,
}

impl Resource {
    /// All pods, or those of a namespace.
    pub fn pods(namespace: Option<&str>) -> Self {
        match namespace {
            Some(namespace) => Self::new(format!("api/v1/namespaces/{}/pods", escape(namespace))),
            None => Self::new("api/v1/pods".into()),
        }
    }

    /// All objects of a resource, as `deployments` of `apis/apps/v1`, or those of a namespace.
    pub fn of(group: &str, resource: &str, namespace: Option<&str>) -> Self {
        match namespace {
            Some(namespace) => Self::new(format!("{group}/namespaces/{}/{resource}", escape(namespace))),
            None => Self::new(format!("{group}/{resource}")),
        }
    }

    /// All nodes.
    pub fn nodes() -> Self {
        Self::new("api/v1/nodes".into())
    }

    /// All namespaces.
    pub fn namespaces() -> Self {
        Self::new("api/v1/namespaces".into())
    }

    /// The events about one object. Those of a node lie in namespace `default`, or in any: they are asked for in all.
    pub fn events_of(namespace: Option<&str>, kind: &str, name: &str) -> Self {
        let path = match namespace {
            Some(namespace) => format!("api/v1/namespaces/{}/events", escape(namespace)),
            None => "api/v1/events".into(),
        };
        Self { path, fields: format!("involvedObject.kind={kind},involvedObject.name={name}") }
    }

    /// Only the object of this name.
    pub fn named(mut self, name: &str) -> Self {
        self.fields = format!("metadata.name={name}");
        self
    }

    /// The whole list. `pretty=0` matters: the API server doubles every byte for browsers otherwise.
    pub fn list(&self) -> String {
        self.with("pretty=0")
    }

    /// A page of the list; the first where the token is empty.
    pub fn page(&self, continue_token: &str) -> String {
        self.with(&format!("pretty=0&limit={PAGE_ITEMS}&continue={}", escape(continue_token)))
    }

    /// Some of the objects.
    pub fn sample(&self, items: usize) -> String {
        self.with(&format!("pretty=0&limit={items}"))
    }

    /// One item at a resourceVersion: says whether a watch could resume there.
    pub fn diagnose(&self, resource_version: &str) -> String {
        let at = if resource_version.is_empty() {
            String::new()
        } else {
            format!("&resourceVersion={}&resourceVersionMatch=Exact", escape(resource_version))
        };
        self.with(&format!("pretty=0&limit=1{at}"))
    }

    /// A watch. Rights that are taken away are not noticed by an open watch: `timeout_s` bounds that.
    pub fn watch(&self, resource_version: &str, timeout_s: u32) -> String {
        let version = escape(resource_version);
        self.with(&format!("watch=1&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds={timeout_s}"))
    }

    fn new(path: String) -> Self {
        Self { path, fields: String::new() }
    }

    fn with(&self, query: &str) -> String {
        if self.fields.is_empty() {
            format!("{}?{query}", self.path)
        } else {
            format!("{}?{query}&fieldSelector={}", self.path, escape(&self.fields))
        }
    }
}

/// One pod.
pub fn pod(namespace: &str, name: &str) -> String {
    format!("api/v1/namespaces/{}/pods/{}", escape(namespace), escape(name))
}

/// One object of a resource.
pub fn object(group: &str, resource: &str, namespace: Option<&str>, name: &str) -> String {
    let name = escape(name);
    match namespace {
        Some(namespace) => format!("{group}/namespaces/{}/{resource}/{name}", escape(namespace)),
        None => format!("{group}/{resource}/{name}"),
    }
}

/// One node.
pub fn node(name: &str) -> String {
    format!("api/v1/nodes/{}", escape(name))
}

/// Escapes a part of a path or a query.
pub fn escape(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
