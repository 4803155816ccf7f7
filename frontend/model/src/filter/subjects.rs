//! The store's rows as a filter sees them.

use super::Subject;
use crate::k8s::node::NodeReadiness;
use crate::store::names::{Name, Names};
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;

/// A row of the store with what its interned names stand for.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a, Row> {
    /// The row.
    pub row: &'a Row,
    /// The store's names.
    pub names: &'a Names,
}

impl Subject for Named<'_, PodView<'_>> {
    fn name(&self) -> &str {
        self.row.name()
    }

    fn namespace(&self) -> &str {
        self.names.text(self.row.namespace())
    }

    fn node(&self) -> &str {
        self.names.text(self.row.node())
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(self.row.labels(), self.names, key)
    }

    fn state(&self) -> &str {
        self.row.state().word()
    }

    fn status(&self) -> &str {
        self.names.text(self.row.status())
    }
}

impl Subject for Named<'_, NodeRow> {
    fn name(&self) -> &str {
        self.names.text(self.row.name)
    }

    fn namespace(&self) -> &str {
        ""
    }

    fn node(&self) -> &str {
        self.name()
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.row.labels, self.names, key)
    }

    fn state(&self) -> &str {
        match self.row.readiness {
            NodeReadiness::Ready => "ready",
            NodeReadiness::NotReady | NodeReadiness::Unknown => "not ready",
        }
    }

    fn status(&self) -> &str {
        self.names.text(self.row.status)
    }
}

fn label<'a>(labels: &[(Name, Name)], names: &'a Names, key: &str) -> Option<&'a str> {
    let key = names.find(key)?;
    labels.iter().find(|(found, _)| *found == key).map(|(_, value)| names.text(*value))
}
