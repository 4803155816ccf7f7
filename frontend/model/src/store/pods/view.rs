//! One pod of the store.

use super::Pods;
use super::template::{Template, TemplateNumber};
use crate::k8s::pod_state::PodState;
use crate::k8s::resources::Resources;
use crate::store::names::Name;
use crate::store::rows::{RowNumber, Uid};
use crate::store::tally::Share;

/// A pod as the columns hold it.
#[derive(Clone, Copy, Debug)]
pub struct PodView<'s> {
    pub(super) pods: &'s Pods,
    pub(super) number: RowNumber,
    pub(super) state: PodState,
    pub(super) template: &'s Template,
}

impl<'s> PodView<'s> {
    /// The number of its row; it stays the same until the pod is removed.
    pub fn number(self) -> RowNumber {
        self.number
    }

    /// Its identity.
    pub fn uid(self) -> Uid {
        self.pods.columns.uid.get(self.number)
    }

    /// Its name.
    pub fn name(self) -> &'s str {
        self.pods.texts.name(self.pods.columns.text.get(self.number))
    }

    /// Its first address, or empty.
    pub fn ip(self) -> &'s str {
        self.pods.texts.ip(self.pods.columns.text.get(self.number))
    }

    /// What it has in common with others of its workload.
    pub fn template(self) -> &'s Template {
        self.template
    }

    /// The number of its template.
    pub fn template_number(self) -> TemplateNumber {
        self.pods.columns.template.get(self.number)
    }

    /// Its namespace.
    pub fn namespace(self) -> Name {
        self.template.namespace
    }

    /// The kind of its controller, or empty.
    pub fn owner_kind(self) -> Name {
        self.template.owner_kind
    }

    /// The name of its controller, or empty; a ReplicaSet of a Deployment reads as the Deployment.
    pub fn owner(self) -> Name {
        self.template.owner
    }

    /// Its labels.
    pub fn labels(self) -> &'s [(Name, Name)] {
        &self.template.labels
    }

    /// The value of a label.
    pub fn label(self, key: Name) -> Option<Name> {
        self.template.label(key)
    }

    /// The images of its containers, then of its init containers.
    pub fn images(self) -> &'s [Name] {
        &self.template.images
    }

    /// The node it is bound to, or empty.
    pub fn node(self) -> Name {
        self.pods.columns.node.get(self.number)
    }

    /// kubectl's STATUS.
    pub fn status(self) -> Name {
        self.pods.columns.status.get(self.number)
    }

    /// Its state.
    pub fn state(self) -> PodState {
        self.state
    }

    /// Ready containers, and all.
    pub fn ready(self) -> (u32, u32) {
        let (ready, containers) = self.pods.columns.ready.get(self.number);
        (ready.into(), containers.into())
    }

    /// Restarts of its containers.
    pub fn restarts(self) -> u32 {
        self.pods.columns.restarts.get(self.number)
    }

    /// When the last of them was, in seconds since the epoch.
    pub fn last_restart_s(self) -> Option<i64> {
        self.pods.columns.last_restart.get(self.number).seconds()
    }

    /// When it was created, in seconds since the epoch.
    pub fn created_s(self) -> Option<i64> {
        self.pods.columns.created.get(self.number).seconds()
    }

    /// The node that it will go to once others have made room for it, or empty.
    pub fn nominated_node(self) -> Name {
        self.pods.rares.get(self.number).nominated_node
    }

    /// How many of its readiness gates are open, and how many there are.
    pub fn gates(self) -> (u16, u16) {
        self.pods.rares.get(self.number).gates
    }

    /// What it uses, if that is known.
    pub fn usage(self) -> Option<Resources> {
        self.pods.usage.get(self.number)
    }

    /// Whether it holds resources: its phase is neither Succeeded nor Failed.
    pub fn is_active(self) -> bool {
        self.pods.columns.active.get(self.number)
    }

    /// What it adds to a tally.
    pub fn share(self) -> Share {
        Share {
            state: self.state,
            active: self.is_active(),
            requests: self.template.requests,
            limits: self.template.limits,
        }
    }
}
