//! The columns of the pods: what each pod has for itself.

use super::template::TemplateNumber;
use super::texts::Span;
use crate::k8s::pod_state::PodState;
use crate::letters::Letters;
use crate::store::column::Column;
use crate::store::names::Name;
use crate::store::rows::Uid;

/// One column for each thing that is kept of a pod. By `state`, a byte, rows are found as fast as by any index.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The state; none where the row is free.
    pub state: Column<Option<PodState>>,
    /// Whether it holds resources: its phase is neither Succeeded nor Failed.
    pub active: Column<bool>,
    pub template: Column<TemplateNumber>,
    pub node: Column<Name>,
    pub status: Column<Name>,
    /// Ready containers, and all.
    pub ready: Column<(u16, u16)>,
    pub restarts: Column<u32>,
    pub last_restart: Column<Moment>,
    pub created: Column<Moment>,
    /// Name and address.
    pub text: Column<Span>,
    /// The letters of its name.
    pub letters: Column<Letters>,
    pub uid: Column<Uid>,
    /// The resourceVersion where it is a number, else 0.
    pub version: Column<u64>,
    /// The list that saw this row last.
    pub epoch: Column<u32>,
}

/// Seconds since the epoch in four bytes, until the year 2106; zero is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment(u32);

impl Moment {
    /// What does not fit is unknown.
    pub(super) fn new(seconds: Option<i64>) -> Self {
        Self(seconds.and_then(|s| u32::try_from(s).ok()).unwrap_or(0))
    }

    pub(super) fn seconds(self) -> Option<i64> {
        (self.0 > 0).then_some(self.0.into())
    }
}

impl Columns {
    /// What each holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> [(&'static str, usize); 14] {
        [
            ("state", self.state.bytes()),
            ("active", self.active.bytes()),
            ("template", self.template.bytes()),
            ("node", self.node.bytes()),
            ("status", self.status.bytes()),
            ("ready", self.ready.bytes()),
            ("restarts", self.restarts.bytes()),
            ("last restart", self.last_restart.bytes()),
            ("created", self.created.bytes()),
            ("place of name and IP", self.text.bytes()),
            ("letters of the name", self.letters.bytes()),
            ("uid", self.uid.bytes()),
            ("resource version", self.version.bytes()),
            ("list that saw it", self.epoch.bytes()),
        ]
    }
}
