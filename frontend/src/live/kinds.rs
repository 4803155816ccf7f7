//! The kinds that are listed when a page asks for them, and let go when nobody has looked at them for a while.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Effect, Owner, Track, on_cleanup};
use model::demand::{Demand, Kind};
use model::explore::Kind as Pooled;
use model::feed::Feed;
use model::k8s::workload::WorkloadKind;
use model::store::names::Name;
use model::store::{Store, events, services, workloads};
use send_wrapper::SendWrapper;

use super::api::Resource;
use super::cluster::{Cluster, bump};
use super::lists::Lists;
use super::scoped::{Named, Restricted, Scoped, Source};
use super::sink::Sink;
use super::watched::Watched;
use crate::web::clock::now_ms;
use crate::web::timer::Interval;

/// How long a kind stays when nobody looks at it any more.
const LINGER_MS: f64 = 300_000.0;
/// How often that is looked at.
const SWEEP_MS: i32 = 15_000;

/// The kinds on demand.
#[derive(Clone)]
pub struct Kinds(SendWrapper<Rc<Inner>>);

struct Inner {
    cluster: Cluster,
    lists: Lists,
    named: Named,
    demand: RefCell<Demand>,
    listed: RefCell<Vec<(Kind, Rc<Scoped>)>>,
    /// Grows when other kinds are asked for or listed.
    turn: ArcRwSignal<u64>,
    workloads_version: ArcRwSignal<u64>,
    services_version: ArcRwSignal<u64>,
    events_version: ArcRwSignal<u64>,
    /// Lists live longer than the page that asks for them.
    owner: Owner,
    sweep: RefCell<Option<Interval>>,
}

impl Kinds {
    /// Nothing is listed yet. `named` are the namespaces for a user who may not list all.
    pub fn new(cluster: &Cluster, lists: &Lists, named: Named) -> Self {
        Self(SendWrapper::new(Rc::new(Inner {
            cluster: cluster.clone(),
            lists: lists.clone(),
            named,
            demand: RefCell::new(Demand::new(LINGER_MS)),
            listed: RefCell::default(),
            turn: ArcRwSignal::new(0),
            workloads_version: ArcRwSignal::new(0),
            services_version: ArcRwSignal::new(0),
            events_version: ArcRwSignal::new(0),
            owner: Owner::new(),
            sweep: RefCell::default(),
        })))
    }

    /// Grows when workloads have changed.
    pub fn workloads_version(&self) -> ArcRwSignal<u64> {
        self.0.workloads_version.clone()
    }

    /// Grows when services have changed.
    pub fn services_version(&self) -> ArcRwSignal<u64> {
        self.0.services_version.clone()
    }

    /// Grows when events have changed.
    pub fn events_version(&self) -> ArcRwSignal<u64> {
        self.0.events_version.clone()
    }

    /// Keeps these kinds listed for as long as the view lives that calls this.
    pub fn look_at(&self, kinds: &'static [Kind]) {
        self.begin();
        for kind in kinds {
            self.0.demand.borrow_mut().ask(*kind);
        }
        bump(&self.0.turn);
        let this = self.clone();
        on_cleanup(move || {
            for kind in kinds {
                this.0.demand.borrow_mut().release(*kind, now_ms());
            }
        });
    }

    /// Where a kind stands.
    pub fn feed(&self, kind: Kind) -> Feed {
        self.0.turn.track();
        self.scoped(kind).map(|scoped| scoped.feed()).unwrap_or_default()
    }

    /// Whether, and why, a kind is listed by namespace.
    pub fn restricted(&self, kind: Kind) -> Option<Restricted> {
        self.0.turn.track();
        self.scoped(kind)?.restricted()
    }

    /// Tries a kind again.
    pub fn retry(&self, kind: Kind) {
        if let Some(scoped) = self.scoped(kind) {
            scoped.retry();
        }
    }

    fn scoped(&self, kind: Kind) -> Option<Rc<Scoped>> {
        self.0.listed.borrow().iter().find(|(listed, _)| *listed == kind).map(|(_, scoped)| Rc::clone(scoped))
    }

    /// From the first page on that asks: lists what waits as soon as there is room, and lets go what is idle.
    fn begin(&self) {
        if self.0.sweep.borrow().is_some() {
            return;
        }
        let weak = Rc::downgrade(&self.0);
        self.0.sweep.replace(Some(Interval::new(SWEEP_MS, move || {
            if let Some(inner) = weak.upgrade() {
                inner.let_go();
            }
        })));
        let weak = Rc::downgrade(&self.0);
        self.0.owner.with(|| {
            Effect::new(move || {
                if let Some(inner) = weak.upgrade() {
                    inner.list_next();
                }
            });
        });
    }
}

impl Inner {
    fn list_next(self: &Rc<Self>) {
        self.turn.track();
        let own: usize = self.listed.borrow().iter().map(|(_, scoped)| scoped.loading()).sum();
        let next = self.demand.borrow_mut().to_list(own + self.lists.loading());
        if own == 0 && next.is_empty() && self.demand.borrow().is_listed() {
            self.lists.begin_pods();
        }
        if next.is_empty() {
            return;
        }
        for kind in next {
            let version = match kind {
                Kind::Services => &self.services_version,
                Kind::Events => &self.events_version,
                _ => &self.workloads_version,
            };
            let source = KindSource { cluster: self.cluster.clone(), kind, version: version.clone() };
            let scoped = self.owner.with(|| Scoped::start(&self.cluster, source, Rc::clone(&self.named)));
            self.listed.borrow_mut().push((kind, scoped));
        }
        bump(&self.turn);
    }

    fn let_go(&self) {
        self.cluster.store_mut(Store::forget_unused_names);
        let gone = self.demand.borrow_mut().to_let_go(now_ms());
        if gone.is_empty() {
            return;
        }
        // Taken out first: what ends with a list must not find it half there.
        let (gone, kept) = self.listed.take().into_iter().partition(|(kind, _)| gone.contains(kind));
        self.listed.replace(kept);
        let gone: Vec<(Kind, Rc<Scoped>)> = gone;
        for (_, scoped) in gone {
            scoped.forget();
        }
        bump(&self.turn);
    }
}

/// How a kind is listed.
struct KindSource {
    cluster: Cluster,
    kind: Kind,
    version: ArcRwSignal<u64>,
}

impl Source for KindSource {
    fn start(&self, namespace: Option<&str>) -> Rc<Watched> {
        let (label, group, resource) = match shelf_of(self.kind) {
            Shelf::Workloads(workload) => {
                let (group, resource) = workload.path();
                (resource, group, resource)
            }
            Shelf::Events => ("events", "api/v1", "events"),
            Shelf::Services => ("services", "api/v1", "services"),
        };
        let sink = KindSink {
            cluster: self.cluster.clone(),
            kind: self.kind,
            namespace: namespace.map(str::to_owned),
            epoch: 0,
            version: self.version.clone(),
        };
        Watched::start(&self.cluster, label, Resource::of(group, resource, namespace), sink)
    }

    fn retain(&self, namespaces: &[String]) {
        self.cluster.store_mut(|s| {
            let names: Vec<Name> = namespaces.iter().map(|n| s.names.intern(n)).collect();
            match shelf_of(self.kind) {
                Shelf::Workloads(kind) => s.workloads.retain(kind, &names),
                Shelf::Events => s.events.retain(&names),
                Shelf::Services => s.services.retain(&names),
            }
        });
        bump(&self.version);
    }
}

/// Where the objects of a kind go.
struct KindSink {
    cluster: Cluster,
    kind: Kind,
    /// As text: what has none of a kind for long may lose its name.
    namespace: Option<String>,
    epoch: u32,
    version: ArcRwSignal<u64>,
}

impl Sink for KindSink {
    fn mask(&self) -> String {
        let shelf = shelf_of(self.kind);
        let mask = match shelf {
            Shelf::Workloads(kind) => workloads::mask(kind),
            Shelf::Events => events::mask(),
            Shelf::Services => services::mask(),
        };
        match shelf.pooled() {
            Some(kind) => self.cluster.store(|s| s.annotations.in_mask(&mask, kind)),
            None => mask,
        }
    }

    fn reads_protobuf(&self) -> bool {
        matches!(shelf_of(self.kind), Shelf::Events)
    }

    fn may_be_long(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.epoch = self.cluster.store_mut(|s| match shelf_of(self.kind) {
            Shelf::Workloads(_) => s.workloads.begin(),
            Shelf::Events => s.events.begin(),
            Shelf::Services => s.services.begin(),
        });
    }

    fn upsert(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| {
            let shelf = shelf_of(self.kind);
            match shelf {
                Shelf::Workloads(workload) => s.workloads.upsert(workload, object, &mut s.names),
                Shelf::Events => s.events.upsert(object, &mut s.names),
                Shelf::Services => s.services.upsert(object, &mut s.names),
            }
            if let Some(kind) = shelf.pooled() {
                s.annotations.upsert(object, kind, &mut s.names);
            }
        });
    }

    fn delete(&mut self, object: &[u8]) {
        self.cluster.store_mut(|s| match shelf_of(self.kind) {
            Shelf::Workloads(_) => s.workloads.delete(object),
            Shelf::Events => s.events.delete(object),
            Shelf::Services => s.services.delete(object),
        });
    }

    fn end(&mut self) {
        self.cluster.store_mut(|s| {
            let namespace = self.namespace.as_deref().map(|n| s.names.intern(n));
            match shelf_of(self.kind) {
                Shelf::Workloads(workload) => s.workloads.end(self.epoch, workload, namespace),
                Shelf::Events => s.events.end(self.epoch, namespace),
                Shelf::Services => s.services.end(self.epoch, namespace),
            }
        });
    }

    fn tell(&self) {
        bump(&self.version);
    }
}

/// The part of the store that keeps a kind.
#[derive(Clone, Copy)]
enum Shelf {
    Workloads(WorkloadKind),
    Services,
    Events,
}

impl Shelf {
    /// As what Explore pools it, if it does.
    fn pooled(self) -> Option<Pooled> {
        match self {
            Self::Workloads(_) => Some(Pooled::Workloads),
            Self::Services => Some(Pooled::Services),
            Self::Events => None,
        }
    }
}

fn shelf_of(kind: Kind) -> Shelf {
    Shelf::Workloads(match kind {
        Kind::CronJobs => WorkloadKind::CronJob,
        Kind::DaemonSets => WorkloadKind::DaemonSet,
        Kind::StatefulSets => WorkloadKind::StatefulSet,
        Kind::Deployments => WorkloadKind::Deployment,
        Kind::Jobs => WorkloadKind::Job,
        Kind::ReplicaSets => WorkloadKind::ReplicaSet,
        Kind::Services => return Shelf::Services,
        Kind::Events => return Shelf::Events,
    })
}
