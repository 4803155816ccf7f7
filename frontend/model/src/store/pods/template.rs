//! What the pods of one workload have in common, kept once.
//!
//! The pods of a ReplicaSet share namespace, owner, labels, images, requests and limits: 150,000 pods have some ten
//! thousand templates. So templates are also the index by namespace, owner, image and label pair: who looks for the rows
//! of one of them asks the templates, and then only the rows of those that match.

use crate::k8s::meta::ObjectMeta;
use crate::k8s::pod::Pod;
use crate::k8s::resources::{Resources, pod_limits, pod_requests};
use crate::store::index::{Index, hash_of};
use crate::store::names::{Name, Names};

/// The number of a template; it stays the same while a pod has it.
pub type TemplateNumber = u32;

/// What pods have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    /// Their namespace.
    pub namespace: Name,
    /// The kind of their controller, or empty.
    pub owner_kind: Name,
    /// The name of their controller, or empty; a ReplicaSet of a Deployment reads as the Deployment.
    pub owner: Name,
    /// Whether the owner is a controller, which replaces them.
    pub controlled: bool,
    /// `BestEffort`, `Burstable` or `Guaranteed`, or empty.
    pub qos: Name,
    /// The name of their priority class, or empty.
    pub priority_class: Name,
    /// Their priority.
    pub priority: i32,
    /// Their labels.
    pub labels: Box<[(Name, Name)]>,
    /// The images of their containers, then of their init containers, as they were written.
    pub images: Box<[Name]>,
    /// What each requests.
    pub requests: Resources,
    /// What each may use at most.
    pub limits: Resources,
}

/// All templates that some pod has.
#[derive(Debug, Default)]
pub struct Templates {
    slots: Vec<Slot>,
    free: Vec<TemplateNumber>,
    by_content: Index,
    /// Grows when one comes or goes.
    version: u64,
}

#[derive(Debug)]
struct Slot {
    template: Template,
    /// How many pods have it; the slot is free where none has.
    pods: u32,
}

impl Template {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self {
            namespace,
            owner_kind,
            owner,
            controlled: _,
            qos,
            priority_class,
            priority: _,
            labels,
            images,
            requests: _,
            limits: _,
        } = self;
        [namespace, owner_kind, owner, qos, priority_class].into_iter().chain(images).copied().for_each(&mut *mark);
        labels.iter().flat_map(|(key, value)| [*key, *value]).for_each(mark);
    }

    /// The value of a label.
    pub fn label(&self, key: Name) -> Option<Name> {
        self.labels.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    pub(super) fn new(pod: &Pod<'_>, names: &mut Names) -> Self {
        let (meta, spec) = (&pod.metadata, &pod.spec);
        let (owner_kind, owner) = workload(meta);
        let containers = spec.containers.iter().chain(spec.init_containers.iter());
        Self {
            namespace: names.intern(&meta.namespace),
            owner_kind: names.intern(owner_kind),
            owner: names.intern(owner),
            controlled: meta.owner_references.iter().any(|owner| owner.controller),
            qos: names.intern(&pod.status.qos_class),
            priority_class: names.intern(&spec.priority_class_name),
            priority: i32::try_from(spec.priority).unwrap_or(0),
            labels: meta.labels.0.iter().map(|(k, v)| (names.intern(k), names.intern(v))).collect(),
            images: containers.map(|c| names.intern(&c.image)).collect(),
            requests: pod_requests(spec),
            limits: pod_limits(spec),
        }
    }
}

impl Templates {
    /// A template by its number.
    pub fn get(&self, number: TemplateNumber) -> Option<&Template> {
        self.slots.get(number as usize).map(|slot| &slot.template)
    }

    /// All templates with their numbers and how many pods have each.
    pub fn iter(&self) -> impl Iterator<Item = (TemplateNumber, &Template, u32)> {
        let all = (0..).zip(&self.slots).map(|(number, slot)| (number, &slot.template, slot.pods));
        all.filter(|(_, _, pods)| *pods > 0)
    }

    /// One more than the highest number: what is kept for each template can stand in an array of this length.
    pub fn bound(&self) -> TemplateNumber {
        self.slots.len() as TemplateNumber
    }

    /// Grows when one comes or goes.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// A further pod has this template.
    pub(super) fn take(&mut self, template: Template) -> TemplateNumber {
        let hash = hash_of(&template);
        let slots = &self.slots;
        let is = |n: TemplateNumber| slots.get(n as usize).is_some_and(|slot| slot.template == template);
        if let Some(number) = self.by_content.find(hash, is) {
            if let Some(slot) = self.slots.get_mut(number as usize) {
                slot.pods += 1;
            }
            return number;
        }
        self.version += 1;
        let slot = Slot { template, pods: 1 };
        let number = self.free.pop().unwrap_or(self.bound());
        match self.slots.get_mut(number as usize) {
            Some(place) => *place = slot,
            None => self.slots.push(slot),
        }
        self.by_content.insert(hash, number);
        number
    }

    /// A pod has it no more.
    pub(super) fn release(&mut self, number: TemplateNumber) {
        let Some(slot) = self.slots.get_mut(number as usize) else {
            return;
        };
        slot.pods = slot.pods.saturating_sub(1);
        if slot.pods == 0 {
            self.version += 1;
            self.by_content.remove(hash_of(&slot.template), number);
            slot.template.labels = Box::default();
            slot.template.images = Box::default();
            self.free.push(number);
        }
    }

    /// What they hold of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let sets =
            self.slots.iter().map(|slot| size_of_val(&*slot.template.labels) + size_of_val(&*slot.template.images));
        self.slots.capacity() * size_of::<Slot>() + sets.sum::<usize>() + self.by_content.bytes()
    }
}

/// Kind and name of what a person would say runs this pod. The name of a Deployment's ReplicaSet is that of the
/// Deployment and the pod's `pod-template-hash`.
fn workload<'p>(meta: &'p ObjectMeta<'_>) -> (&'p str, &'p str) {
    let Some(owner) = meta.controller() else {
        return ("", "");
    };
    let deployment = meta
        .labels
        .get("pod-template-hash")
        .filter(|_| &*owner.kind == "ReplicaSet")
        .and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
    match deployment {
        Some(name) => ("Deployment", name),
        None => (&owner.kind, &owner.name),
    }
}
