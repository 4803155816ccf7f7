//! The URL fragment, which is the whole shareable state of what is looked at.
//!
//! `#/c/CLUSTER/PAGE?ns=a,b&q=FILTER&sort=-COLUMN`. A fragment, not a path: `kubectl proxy` serves files with no
//! fallback, so a path would answer 404 on reload. Parsing is total: what this version does not know is kept, so that a
//! link from a newer one survives a visit. Writing and parsing are each other's inverse.
//!
//! ```text
//! /c/CLUSTER/overview         /c/CLUSTER/explore
//! /c/CLUSTER/nodes            /c/CLUSTER/nodes/NAME
//! /c/CLUSTER/pods             /c/CLUSTER/pods/NAMESPACE/NAME[/yaml|/events|/logs]
//! /c/CLUSTER/workloads        /c/CLUSTER/deployments/NAMESPACE/NAME, and so for the other kinds
//! /c/CLUSTER/services         /c/CLUSTER/services/NAMESPACE/NAME
//! /c/CLUSTER/namespaces       /c/CLUSTER/namespaces/NAME
//! /c/CLUSTER/diagnostics
//! ```

use std::fmt;

pub(crate) mod percent;
mod view;

use crate::k8s::workload::WorkloadKind;
pub use view::{Sort, View};

/// One place in the app: a cluster, a page of it, and how that page is looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Location {
    /// The cluster's name, of any characters; never empty.
    pub cluster: String,
    /// The page.
    pub page: Page,
    /// What is chosen on it.
    pub view: View,
}

/// A page of one cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Page {
    /// The landing page.
    Overview,
    /// Objects grouped by anything; what is asked is in the view, see [`crate::explore::Question`].
    Explore,
    /// All nodes.
    Nodes,
    /// One node.
    Node {
        /// The node's name.
        name: String,
    },
    /// All pods.
    Pods,
    /// One pod.
    Pod {
        /// The pod's namespace.
        namespace: String,
        /// The pod's name.
        name: String,
        /// The tab that is open.
        tab: PodTab,
    },
    /// Deployments, stateful sets, daemon sets, replica sets, jobs and cron jobs.
    Workloads,
    /// One of them.
    Workload {
        /// Its kind.
        kind: WorkloadKind,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// All services.
    Services,
    /// One service.
    Service {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// All events.
    Events,
    /// All namespaces.
    Namespaces,
    /// One namespace.
    Namespace {
        /// Its name.
        name: String,
    },
    /// What the app holds and asks.
    Diagnostics,
    /// A page that this version does not know, as it stands in the URL.
    Unknown(String),
}

/// A tab of a pod's page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PodTab {
    /// Containers and conditions.
    #[default]
    Summary,
    /// The object as the API server writes it.
    Yaml,
    /// What was reported about it.
    Events,
    /// What its containers wrote.
    Logs,
}

impl Location {
    /// The landing page of a cluster.
    #[must_use]
    pub fn overview(cluster: impl Into<String>) -> Self {
        Self { cluster: cluster.into(), page: Page::Overview, view: View::default() }
    }

    /// Reads a URL fragment, with or without its `#`; `None` if it names no cluster.
    #[must_use]
    pub fn parse(fragment: &str) -> Option<Self> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let path = path.strip_prefix("/c/")?;
        let (cluster, page) = path.split_once('/').unwrap_or((path, ""));
        if cluster.is_empty() {
            return None;
        }
        Some(Self { cluster: percent::decode(cluster), page: Page::parse(page), view: View::parse(query) })
    }

    /// Another page of the same cluster, in the same namespaces; the rest of the view belongs to the page left.
    #[must_use]
    pub fn with_page(&self, page: Page) -> Self {
        let view = View { namespaces: self.view.namespaces.clone(), ..View::default() };
        Self { cluster: self.cluster.clone(), page, view }
    }

    /// The same page in other namespaces; none means all.
    #[must_use]
    pub fn with_namespaces(mut self, namespaces: Vec<String>) -> Self {
        self.view.namespaces = namespaces;
        self
    }

    /// The same page with another filter text.
    #[must_use]
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.view.query = query.into();
        self
    }

    /// The same page in another order; `None` is the page's own.
    #[must_use]
    pub fn with_sort(mut self, sort: Option<Sort>) -> Self {
        self.view.sort = sort;
        self
    }

    /// The same page grouped by something else; `None` is the page's own grouping.
    #[must_use]
    pub fn with_by(mut self, by: Option<String>) -> Self {
        self.view.by = by;
        self
    }

    /// The same page looked at in another way.
    #[must_use]
    pub fn with_view(mut self, view: View) -> Self {
        self.view = view;
        self
    }

    /// The logs of another container, or of its run before the present one.
    #[must_use]
    pub fn with_container(mut self, container: impl Into<String>, previous: bool) -> Self {
        self.view.container = Some(container.into());
        self.view.previous = previous;
        self
    }
}

impl fmt::Display for Location {
    /// Writes the fragment with its `#`, ready for a link.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#/c/{}/{}{}", percent::segment(&self.cluster), self.page, self.view)
    }
}

impl Page {
    fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let pod = |namespace, name, tab| Self::Pod {
            namespace: percent::decode(namespace),
            name: percent::decode(name),
            tab,
        };
        match *segments.as_slice() {
            [] | ["overview"] => Self::Overview,
            ["explore"] => Self::Explore,
            ["nodes"] => Self::Nodes,
            ["nodes", name] => Self::Node { name: percent::decode(name) },
            ["pods"] => Self::Pods,
            ["workloads"] => Self::Workloads,
            ["services"] => Self::Services,
            ["events"] => Self::Events,
            ["services", namespace, name] => {
                Self::Service { namespace: percent::decode(namespace), name: percent::decode(name) }
            }
            ["namespaces"] => Self::Namespaces,
            ["namespaces", name] => Self::Namespace { name: percent::decode(name) },
            ["diagnostics"] => Self::Diagnostics,
            ["pods", namespace, name] => pod(namespace, name, PodTab::Summary),
            ["pods", namespace, name, "yaml"] => pod(namespace, name, PodTab::Yaml),
            ["pods", namespace, name, "events"] => pod(namespace, name, PodTab::Events),
            ["pods", namespace, name, "logs"] => pod(namespace, name, PodTab::Logs),
            [resource, namespace, name] => match WorkloadKind::of_resource(resource) {
                Some(kind) => {
                    Self::Workload { kind, namespace: percent::decode(namespace), name: percent::decode(name) }
                }
                None => Self::Unknown(path.to_owned()),
            },
            _ => Self::Unknown(path.to_owned()),
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => out.write_str("overview"),
            Self::Explore => out.write_str("explore"),
            Self::Nodes => out.write_str("nodes"),
            Self::Node { name } => write!(out, "nodes/{}", percent::segment(name)),
            Self::Pods => out.write_str("pods"),
            Self::Workloads => out.write_str("workloads"),
            Self::Workload { kind, namespace, name } => {
                let (namespace, name) = (percent::segment(namespace), percent::segment(name));
                write!(out, "{}/{namespace}/{name}", kind.path().1)
            }
            Self::Services => out.write_str("services"),
            Self::Events => out.write_str("events"),
            Self::Service { namespace, name } => {
                write!(out, "services/{}/{}", percent::segment(namespace), percent::segment(name))
            }
            Self::Namespaces => out.write_str("namespaces"),
            Self::Namespace { name } => write!(out, "namespaces/{}", percent::segment(name)),
            Self::Diagnostics => out.write_str("diagnostics"),
            Self::Pod { namespace, name, tab } => {
                let tab = match tab {
                    PodTab::Summary => "",
                    PodTab::Yaml => "/yaml",
                    PodTab::Events => "/events",
                    PodTab::Logs => "/logs",
                };
                write!(out, "pods/{}/{}{tab}", percent::segment(namespace), percent::segment(name))
            }
            Self::Unknown(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests;
