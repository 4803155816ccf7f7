//! Pods: columns by row number, what workloads have in common kept once, and tallies by node and namespace that are right
//! after every event.

mod columns;
mod rare;
pub mod template;
mod texts;
mod usage;
mod view;

use super::changes::{ChangeLog, Changes};
use super::groups::Groups;
use super::index::{Index, hash_of};
use super::known::Known;
use super::names::{Name, Names};
use super::rows::{RowNumber, Uid};
use super::standing::Failing;
use super::symptoms::Symptoms;
use super::tally::{Tallies, Tally};
use crate::k8s::pod::Pod;
use crate::k8s::pod_state::PodState;
use crate::k8s::pod_status::pod_columns;
use crate::k8s::projection::{self, read_either};
use crate::letters::Letters;
use crate::timestamp;
use columns::{Columns, Moment};
use rare::Rares;
use template::{Template, TemplateNumber, Templates};
use texts::Texts;
use usage::PodUsage;
pub use view::PodView;

/// All pods that are loaded.
#[derive(Debug, Default)]
pub struct Pods {
    columns: Columns,
    texts: Texts,
    templates: Templates,
    len: usize,
    free: Vec<RowNumber>,
    by_uid: Index,
    by_name: Index,
    usage: PodUsage,
    of_node: Groups,
    of_template: Groups,
    log: ChangeLog,
    epoch: u32,
    total: Tally,
    by_node: Tallies,
    by_namespace: Tallies,
    symptoms: Symptoms,
    failing: Failing,
    rares: Rares,
    known: Known,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl Pods {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.log.version()
    }

    /// The rows that have changed since a version.
    pub fn changed_since(&self, version: u64) -> Changes {
        self.log.since(version)
    }

    /// A pod by its row number.
    pub fn get(&self, number: RowNumber) -> Option<PodView<'_>> {
        let state = self.columns.state.get(number)?;
        let template = self.templates.get(self.columns.template.get(number))?;
        Some(PodView { pods: self, number, state, template })
    }

    /// The name of a pod by its row number, for who looks at many; empty where there is none.
    pub fn name(&self, number: RowNumber) -> &str {
        self.texts.name(self.columns.text.get(number))
    }

    /// Whether a row has a pod.
    pub fn is_there(&self, number: RowNumber) -> bool {
        self.columns.state.get(number).is_some()
    }

    /// The letters of a pod's name by its row number.
    pub fn letters(&self, number: RowNumber) -> Letters {
        self.columns.letters.get(number)
    }

    /// All pods.
    pub fn iter(&self) -> impl Iterator<Item = PodView<'_>> {
        (0..self.row_bound()).filter_map(|number| self.get(number))
    }

    /// One more than the highest row number: what is kept for each row can stand in an array of this length.
    pub fn row_bound(&self) -> RowNumber {
        self.columns.state.values().len() as RowNumber
    }

    /// The row number of a pod.
    pub fn number(&self, uid: Uid) -> Option<RowNumber> {
        self.by_uid.find(hash_of(&uid), |number| self.columns.uid.get(number) == uid)
    }

    /// A pod by its name.
    pub fn by_name(&self, namespace: Name, name: &str) -> Option<PodView<'_>> {
        let is = |pod: PodView<'_>| pod.namespace() == namespace && pod.name() == name;
        let row = self.by_name.find(hash_of(&(namespace, name)), |row| self.get(row).is_some_and(is))?;
        self.get(row)
    }

    /// The pods in a state.
    pub fn in_state(&self, state: PodState) -> impl Iterator<Item = PodView<'_>> {
        let states = (0..).zip(self.columns.state.values());
        states.filter(move |(_, s)| **s == Some(state)).filter_map(|(number, _)| self.get(number))
    }

    /// The pods on a node.
    pub fn of_node(&self, node: Name) -> impl Iterator<Item = PodView<'_>> {
        self.of_node.rows(group_of(node)).filter_map(|number| self.get(number))
    }

    /// What the pods of one workload have in common.
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// The pods that have a template.
    pub fn of_template(&self, template: TemplateNumber) -> impl Iterator<Item = PodView<'_>> {
        self.of_template.rows(template).filter_map(|number| self.get(number))
    }

    /// Of which workloads some fail.
    pub(super) fn failing(&self) -> &Failing {
        &self.failing
    }

    /// What is remembered of those that are not well.
    pub fn symptoms(&self) -> &Symptoms {
        &self.symptoms
    }

    /// All pods counted.
    pub fn total(&self) -> &Tally {
        &self.total
    }

    /// The pods on a node counted.
    pub fn on_node(&self, node: Name) -> Tally {
        self.by_node.get(node).copied().unwrap_or_default()
    }

    /// The namespaces that have pods, with these counted.
    pub fn by_namespace(&self) -> &Tallies {
        &self.by_namespace
    }

    /// The pods of these namespaces counted; of all where none is named.
    pub fn in_namespaces(&self, namespaces: &[Name]) -> Tally {
        if namespaces.is_empty() {
            return self.total;
        }
        namespaces.iter().filter_map(|n| self.by_namespace.get(*n)).fold(Tally::default(), Tally::plus)
    }

    /// Begins a list; what it does not see is taken out at its end.
    pub fn begin(&mut self) -> u32 {
        self.epoch = self.epoch.wrapping_add(1);
        self.epoch
    }

    /// Ends a list of one namespace, or of all.
    pub fn end(&mut self, epoch: u32, namespace: Option<Name>) {
        self.sweep(|pod| {
            let seen_before = pod.pods.columns.epoch.get(pod.number).wrapping_sub(epoch) > u32::MAX / 2;
            seen_before && namespace.is_none_or(|n| n == pod.namespace())
        });
        self.known.add(namespace);
    }

    /// Forgets what is outside these namespaces, since nobody keeps it up to date any more.
    pub fn retain(&mut self, namespaces: &[Name]) {
        self.sweep(|pod| !namespaces.contains(&pod.namespace()));
        self.known.retain(namespaces);
    }

    /// Of which namespaces they are known: where they are not, none is no answer.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Takes an object in, new or changed; one that is older than what this list and its watch have brought changes nothing.
    ///
    /// What was known before the list counts for nothing, however new it looks: after a restore of etcd the versions begin
    /// again at lower ones.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        let Some(pod) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        let uid = Uid::parse(&pod.metadata.uid);
        let version = pod.metadata.version();
        let known = self.number(uid);
        let seen = known.filter(|row| self.columns.epoch.get(*row) == self.epoch);
        if seen.is_some_and(|row| version > 0 && version < self.columns.version.get(row)) {
            return;
        }
        let template = self.templates.take(Template::new(&pod, names));
        let row = match known {
            Some(row) => {
                self.leave(row);
                row
            }
            None => self.open(uid),
        };
        self.write(row, &pod, version, names);
        self.columns.template.set(row, template);
        self.enter(row);
        self.symptoms.note(row, &pod, names);
        self.rares.note(row, &pod, names);
        self.log.push(row);
        self.compact();
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        let Some(pod) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        if let Some(row) = self.number(Uid::parse(&pod.metadata.uid)) {
            self.remove(row);
            self.compact();
        }
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let mut parts = self.columns.bytes().to_vec();
        parts.extend([
            ("names and IPs", self.texts.bytes()),
            ("templates: labels, images, owner, requests", self.templates.bytes()),
            ("index by uid", self.by_uid.bytes()),
            ("index by name", self.by_name.bytes()),
            ("usage", self.usage.bytes()),
            ("symptoms", self.symptoms.bytes()),
            ("nominated nodes and readiness gates", self.rares.bytes()),
            ("index by node", self.of_node.bytes()),
            ("index by template", self.of_template.bytes()),
            ("tallies", self.by_node.bytes() + self.by_namespace.bytes()),
            ("changes", self.log.bytes()),
        ]);
        parts
    }

    /// Each name that is in use, as often as it is.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.columns.node.values().iter().chain(self.columns.status.values()).copied().for_each(&mut *mark);
        self.templates.iter().for_each(|(_, template, _)| template.each_name(mark));
        self.symptoms.iter().for_each(|symptom| symptom.each_name(mark));
        self.rares.each_name(mark);
        self.known.each_name(mark);
    }

    fn open(&mut self, uid: Uid) -> RowNumber {
        let row = self.free.pop().unwrap_or(self.row_bound());
        self.columns.uid.set(row, uid);
        self.by_uid.insert(hash_of(&uid), row);
        self.len += 1;
        row
    }

    /// Writes what a pod has for itself.
    fn write(&mut self, row: RowNumber, pod: &Pod<'_>, version: u64, names: &mut Names) {
        let shown = pod_columns(pod);
        let columns = &mut self.columns;
        let count = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
        columns.state.set(row, Some(PodState::of(pod)));
        columns.active.set(row, !matches!(&*pod.status.phase, "Succeeded" | "Failed"));
        columns.node.set(row, names.intern(&pod.spec.node_name));
        columns.status.set(row, names.intern(&shown.status));
        columns.ready.set(row, (count(shown.ready), count(shown.containers)));
        columns.restarts.set(row, u32::try_from(shown.restarts.max(0)).unwrap_or(u32::MAX));
        columns.last_restart.set(row, Moment::new(shown.last_restart_s));
        columns.created.set(row, Moment::new(timestamp::seconds(&pod.metadata.creation_timestamp)));
        columns.version.set(row, version);
        columns.epoch.set(row, self.epoch);
        let (name, ip) = (&*pod.metadata.name, &*pod.status.pod_ip);
        let span = columns.text.get(row);
        if self.texts.name(span) != name || self.texts.ip(span) != ip {
            self.texts.release(span);
            let span = self.texts.push(name, ip);
            columns.text.set(row, span);
            // Of what is kept, which of an endless name is its beginning.
            columns.letters.set(row, Letters::of(self.texts.name(span)));
        }
    }

    /// Counts a row, and puts it into its groups.
    fn enter(&mut self, row: RowNumber) {
        let Some(pod) = self.get(row) else { return };
        let (node, namespace, share) = (pod.node(), pod.namespace(), pod.share());
        let name = hash_of(&(namespace, pod.name()));
        self.by_name.insert(name, row);
        self.total.add(&share);
        self.by_node.of(node).add(&share);
        self.by_namespace.of(namespace).add(&share);
        self.of_node.insert(group_of(node), row);
        self.of_template.insert(self.columns.template.get(row), row);
        self.failing.count(self.templates.get(self.columns.template.get(row)), share.state, 1);
    }

    /// Takes a row out of its groups and the tallies.
    fn leave(&mut self, row: RowNumber) {
        let Some(pod) = self.get(row) else { return };
        let (node, namespace, share) = (pod.node(), pod.namespace(), pod.share());
        let template = pod.template_number();
        let name = hash_of(&(namespace, pod.name()));
        self.by_name.remove(name, row);
        self.total.take(&share);
        self.by_node.of(node).take(&share);
        self.by_namespace.of(namespace).take(&share);
        self.of_node.remove(group_of(node), row);
        self.of_template.remove(template, row);
        self.failing.count(self.templates.get(template), share.state, -1);
        self.templates.release(template);
    }

    fn remove(&mut self, row: RowNumber) {
        self.leave(row);
        self.symptoms.forget(row);
        self.rares.forget(row);
        self.by_uid.remove(hash_of(&self.columns.uid.get(row)), row);
        self.texts.release(self.columns.text.get(row));
        self.columns.text.set(row, <_>::default());
        self.columns.letters.set(row, <_>::default());
        self.columns.state.set(row, None);
        self.usage.forget(row);
        self.free.push(row);
        self.len -= 1;
        self.log.push(row);
    }

    fn sweep(&mut self, gone: impl Fn(PodView<'_>) -> bool) {
        let gone: Vec<_> = self.iter().filter(|pod| gone(*pod)).map(PodView::number).collect();
        for row in gone {
            self.remove(row);
        }
        self.compact();
    }

    /// Moves the texts together when most of them are dead.
    fn compact(&mut self) {
        if !self.texts.is_half_dead() {
            return;
        }
        let mut texts = self.texts.successor();
        for row in 0..self.row_bound() {
            let span = self.columns.text.get(row);
            self.columns.text.set(row, texts.push(self.texts.name(span), self.texts.ip(span)));
        }
        self.texts = texts;
    }
}

/// The field mask of what is read of a pod.
pub fn mask() -> String {
    projection::mask::<Pod<'_>>()
}

/// Without a uid it is no pod of a cluster.
fn decode(object: &[u8]) -> Option<Pod<'_>> {
    read_either(object).filter(|pod: &Pod<'_>| !pod.metadata.uid.is_empty())
}

/// Groups of nodes are numbered as their names are.
fn group_of(node: Name) -> u32 {
    node.place() as u32
}

#[cfg(test)]
mod tests;
