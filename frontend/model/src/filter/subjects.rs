//! The store's rows as a filter sees them.

use super::Subject;
use crate::failing;
use crate::k8s::image;
use crate::k8s::node::NodeReadiness;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::{Name, Names};
use crate::store::namespaces::NamespaceRow;
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;
use crate::store::rows::Uid;
use crate::store::services::ServiceRow;
use crate::store::workloads::WorkloadRow;

/// A row of the store with all that its names and numbers stand for.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a, Row> {
    /// The row.
    pub row: &'a Row,
    /// The store.
    pub store: &'a Store,
}

impl Subject for Named<'_, PodView<'_>> {
    fn name(&self) -> &str {
        self.row.name()
    }

    fn namespace(&self) -> &str {
        self.store.names.text(self.row.namespace())
    }

    fn node(&self) -> &str {
        self.store.names.text(self.row.node())
    }

    fn zone(&self) -> &str {
        let node = self.store.nodes.by_name(self.row.node());
        node.map_or("", |node| self.store.names.text(node.zone))
    }

    fn owner(&self) -> (&str, &str) {
        (self.store.names.text(self.row.owner_kind()), self.store.names.text(self.row.owner()))
    }

    fn image(&self) -> &str {
        self.row.images().first().map_or("", |image| self.store.names.text(*image))
    }

    fn version(&self) -> &str {
        image::version(self.image())
    }

    fn qos(&self) -> &str {
        self.store.names.text(self.row.template().qos)
    }

    fn priority(&self) -> &str {
        self.store.names.text(self.row.template().priority_class)
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(self.row.labels(), &self.store.names, key)
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        annotation(self.store, key, self.row.uid())
    }

    fn state(&self) -> &str {
        self.row.state().word()
    }

    fn status(&self) -> &str {
        self.store.names.text(self.row.status())
    }

    fn kind(&self) -> &str {
        "Pod"
    }

    fn object(&self) -> (&str, &str) {
        ("Pod", self.row.name())
    }

    fn has_cause(&self, id: &str) -> bool {
        failing::pod_has(self.store, *self.row, id)
    }
}

impl Subject for Named<'_, NodeRow> {
    fn name(&self) -> &str {
        self.store.names.text(self.row.name)
    }

    fn namespace(&self) -> &str {
        ""
    }

    fn node(&self) -> &str {
        self.name()
    }

    fn zone(&self) -> &str {
        self.store.names.text(self.row.zone)
    }

    fn version(&self) -> &str {
        self.store.names.text(self.row.version)
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.row.labels, &self.store.names, key)
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        annotation(self.store, key, self.row.uid)
    }

    fn state(&self) -> &str {
        match self.row.readiness {
            NodeReadiness::Ready => "ready",
            NodeReadiness::NotReady | NodeReadiness::Unknown => "not ready",
        }
    }

    fn status(&self) -> &str {
        self.store.names.text(self.row.status)
    }

    fn has_cause(&self, id: &str) -> bool {
        failing::node_has(self.row, id)
    }
}

impl Subject for Named<'_, EventRow> {
    fn name(&self) -> &str {
        &self.row.name
    }

    fn further_text(&self) -> &str {
        &self.row.message
    }

    fn namespace(&self) -> &str {
        self.store.names.text(self.row.namespace)
    }

    fn node(&self) -> &str {
        if self.kind() == "Node" { &self.row.name } else { "" }
    }

    fn label(&self, _: &str) -> Option<&str> {
        None
    }

    fn state(&self) -> &str {
        ""
    }

    fn status(&self) -> &str {
        if self.row.warning { "Warning" } else { "Normal" }
    }

    fn kind(&self) -> &str {
        self.store.names.text(self.row.kind)
    }

    fn reason(&self) -> &str {
        self.store.names.text(self.row.reason)
    }

    fn last_s(&self) -> Option<i64> {
        self.row.last_s
    }

    fn object(&self) -> (&str, &str) {
        (self.kind(), &self.row.name)
    }
}

impl Subject for Named<'_, WorkloadRow> {
    fn name(&self) -> &str {
        self.store.names.text(self.row.name)
    }

    fn namespace(&self) -> &str {
        self.store.names.text(self.row.namespace)
    }

    fn node(&self) -> &str {
        ""
    }

    fn owner(&self) -> (&str, &str) {
        (self.store.names.text(self.row.owner_kind), self.store.names.text(self.row.owner))
    }

    fn image(&self) -> &str {
        self.row.images.first().map_or("", |image| self.store.names.text(*image))
    }

    fn version(&self) -> &str {
        image::version(self.image())
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.row.labels, &self.store.names, key)
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        annotation(self.store, key, self.row.uid)
    }

    fn state(&self) -> &str {
        self.store.workload_state(self.row).word()
    }

    fn status(&self) -> &str {
        self.store.workload_word(self.row)
    }

    fn kind(&self) -> &str {
        self.row.kind.name()
    }

    fn object(&self) -> (&str, &str) {
        (self.kind(), self.name())
    }
}

impl Subject for Named<'_, ServiceRow> {
    fn name(&self) -> &str {
        &self.row.name
    }

    fn namespace(&self) -> &str {
        self.store.names.text(self.row.namespace)
    }

    fn node(&self) -> &str {
        ""
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.row.labels, &self.store.names, key)
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        annotation(self.store, key, self.row.uid)
    }

    fn state(&self) -> &str {
        ""
    }

    fn status(&self) -> &str {
        ""
    }

    fn kind(&self) -> &str {
        self.store.names.text(self.row.kind)
    }
}

impl Subject for Named<'_, NamespaceRow> {
    fn name(&self) -> &str {
        self.store.names.text(self.row.name)
    }

    fn namespace(&self) -> &str {
        self.name()
    }

    fn node(&self) -> &str {
        ""
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.row.labels, &self.store.names, key)
    }

    fn state(&self) -> &str {
        ""
    }

    fn status(&self) -> &str {
        self.store.names.text(self.row.status)
    }
}

fn annotation<'s>(store: &'s Store, key: &str, uid: Uid) -> Option<&'s str> {
    (*store.annotations.of(key)?.get(&uid)?).map(|value| store.names.text(value))
}

fn label<'a>(labels: &[(Name, Name)], names: &'a Names, key: &str) -> Option<&'a str> {
    let key = names.find(key)?;
    labels.iter().find(|(found, _)| *found == key).map(|(_, value)| names.text(*value))
}
