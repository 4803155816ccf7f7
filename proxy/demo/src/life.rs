//! What moves in the cluster: controllers, scheduler, kubelets and the passing of time.
//!
//! All of it reacts: a change in the store becomes [work](queue::Work) for whoever cares, done in the order of its time.
//! Nothing looks at everything, so a large cluster costs what happens in it. [`Life::advance`] lives up to a moment and
//! returns; [`Life::begin`] does that on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::company::Settled;
use crate::company::hiring::Troubled;
use crate::company::moment::Moment;
use crate::kinds::{Kind, builtin};
use crate::store::history::{Change, Event};
use crate::store::object::part::Part;
use crate::store::watch::Watch;
use crate::store::{Key, Store};
use cluster::Cluster;
use queue::Work;

mod autoscaler;
mod before;
mod budget;
mod cluster;
mod cron_job;
mod daemon_set;
mod deployment;
mod endpoints;
mod garbage;
mod job;
mod kubelet;
mod node;
mod pods;
mod pressure;
mod queue;
mod quota;
mod recorder;
mod replica_set;
mod rollout;
mod scheduler;
mod stateful_set;

/// A cluster that lives.
#[derive(Debug)]
pub struct Life {
    cluster: Cluster,
    watches: Vec<(&'static Kind, Watch)>,
    /// The pods in trouble at the start, until they are taken over.
    inherited: Vec<Troubled>,
    awake: bool,
}

/// Keeps a life going; without it, it ends.
#[derive(Debug)]
pub struct Alive {
    #[expect(dead_code, reason = "dropping it is what ends the life")]
    wanted: oneshot::Sender<()>,
    going: watch::Receiver<()>,
}

/// How often what happened before the last time is forgotten, as the API server lets etcd do.
const COMPACT_EVERY_S: i64 = 300;
/// Where time runs fast, a list still has to be read to its end and then watched.
const MIN_KEPT: Duration = Duration::from_secs(60);
/// How long changes are gathered before they are reacted to.
const GATHER: Duration = Duration::from_millis(5);
/// What of an object tells whether it was deleted.
const GOING: &[Part] = &[Part::of("metadata", &[Part::whole("deletionTimestamp")])];
/// The kinds whose changes are reacted to.
const WATCHED: [(&str, &str); 13] = [
    ("", "nodes"),
    ("", "pods"),
    ("", "resourcequotas"),
    ("", "services"),
    ("", "persistentvolumeclaims"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("policy", "poddisruptionbudgets"),
];

/// Whether a life takes away what an object of this kind owned, after it.
pub fn collects(kind: &Kind) -> bool {
    WATCHED.contains(&(kind.group, kind.plural))
}

/// Whether a life takes away what an object of this kind owns, before it.
pub fn takes_dependents_first(kind: &Kind) -> bool {
    collects(kind) && garbage::RELEASED.contains(&kind.plural)
}

impl Life {
    /// Begins to live in a store that a company has just settled in.
    pub fn new(store: Arc<Store>, seed: u64, now: Moment, settled: Settled) -> Self {
        let watches = WATCHED.iter().map(|(group, plural)| {
            let kind = builtin(group, plural);
            (kind, store.watch_from_now(kind))
        });
        let watches = watches.collect();
        let mut cluster = Cluster::new(store, seed, now, settled.rooms);
        cluster.troubles = settled.troubles;
        cluster.flapping = settled.flapping;
        Self { cluster, watches, inherited: settled.troubled, awake: false }
    }

    /// Lives up to a moment: does all that is due, and what comes of it.
    pub fn advance(&mut self, until: Moment) {
        if !self.awake {
            self.wake();
        }
        loop {
            self.notice();
            let Some((at, work)) = self.cluster.queue.take(until) else { break };
            self.cluster.now = self.cluster.now.max(at);
            self.cluster.do_work(&work);
        }
        self.cluster.now = self.cluster.now.max(until);
    }

    /// Lives on a thread of its own as the clock goes, as long as what this returns is kept.
    ///
    /// # Panics
    /// When the system has no thread left.
    pub fn begin(self, clock: Clock) -> Alive {
        Alive::begin(self.live(clock))
    }

    /// Lives as the clock goes, for ever.
    async fn live(mut self, clock: Clock) {
        loop {
            self.advance(Moment::of(clock.now()));
            let next = self.cluster.queue.next().unwrap_or(self.cluster.now + 60);
            let wait = clock.until(next.timestamp());
            let mut changed = self.watches.iter_mut().map(|(_, watch)| Box::pin(watch.changed())).collect::<Vec<_>>();
            let any = std::future::poll_fn(|context| {
                let ready = changed.iter_mut().any(|change| change.as_mut().poll(context).is_ready());
                if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            });
            tokio::select! {
                // What comes right after it is noticed with it.
                () = any => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Turns what happened in the store into work.
    fn notice(&mut self) {
        for (kind, watch) in &mut self.watches {
            loop {
                match watch.ready() {
                    Ok(events) if events.is_empty() => break,
                    Ok(events) => events.iter().for_each(|event| self.cluster.react(event)),
                    // Too much happened at once: everything of this kind is looked at anew.
                    Err(_) => {
                        *watch = self.cluster.store.watch_from_now(kind);
                        self.cluster.catch_up(kind);
                        break;
                    }
                }
            }
        }
    }

    /// Learns what there is, and what was going on.
    fn wake(&mut self) {
        self.awake = true;
        let cluster = &mut self.cluster;
        for troubled in std::mem::take(&mut self.inherited) {
            cluster.take_over(&troubled);
        }
        cluster.tell_past_of_others();
        for (kind, _) in &self.watches {
            if kind.plural != "pods" {
                cluster.look_again(kind);
            }
        }
        cluster.later(60, Work::Retry);
        cluster.compact(0);
    }
}

impl Alive {
    /// Does this on a thread of its own.
    fn begin(life: impl Future<Output = ()> + Send + 'static) -> Self {
        let (wanted, mut ended) = oneshot::channel();
        let (goes, going) = watch::channel(());
        std::thread::spawn(move || {
            // Goes with the thread, however that ends.
            let _goes = goes;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            let runtime = runtime.expect("a runtime without IO needs nothing that could be missing");
            runtime.block_on(async {
                tokio::select! {
                    _ = &mut ended => {}
                    () = life => {}
                }
            });
        });
        Self { wanted, going }
    }

    /// Waits until it has come to its end, which is by a fault of ours as long as it is kept.
    pub fn end(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut going = self.going.clone();
        async move { while going.changed().await.is_ok() {} }
    }
}

impl Cluster {
    fn react(&mut self, event: &Event) {
        let object = &event.object;
        let gone = event.change == Change::Deleted;
        if object.kind.is("", "pods") {
            self.react_to_pod(event);
        } else {
            self.learn(&Key::of(object), object, gone);
        }
        if event.change != Change::Modified {
            self.recount(&object.namespace);
        }
        if gone {
            self.collect(object);
        } else {
            self.release(object);
        }
    }

    fn do_work(&mut self, work: &Work) {
        match work {
            Work::Sync(key) => self.sync(key),
            Work::Schedule(key) => self.schedule(key),
            Work::Pod(key) => self.step_pod(key),
            Work::Node(key) => self.step_node(key),
            Work::Forget(key) => self.forget(key),
            Work::Relieve(key) => self.relieve(key),
            Work::Retry => self.retry(),
            Work::Compact(version) => self.compact(*version),
        }
    }

    /// Forgets what happened before a version, and notes when to forget what has happened since.
    fn compact(&mut self, version: u64) {
        self.store.compact(version);
        let wait_s = self.store.clock().at_least(COMPACT_EVERY_S, MIN_KEPT);
        self.later(wait_s, Work::Compact(self.store.version()));
    }

    fn sync(&mut self, key: &Key) {
        // What is gone meanwhile needs nothing.
        let Ok(object) = self.store.get(key) else { return };
        // What is to go, and waits for a finalizer, is kept up no longer.
        if !key.kind.group.is_empty() && object.part(GOING).pointer("/metadata/deletionTimestamp").is_some() {
            return;
        }
        match key.kind.plural {
            "deployments" => self.sync_deployment(&object),
            "replicasets" => self.sync_replica_set(&object),
            "statefulsets" => self.sync_stateful_set(&object),
            "daemonsets" => self.sync_daemon_set(&object),
            "jobs" => self.sync_job(&object),
            "cronjobs" => self.sync_cron_job(&object),
            "services" => self.sync_endpoints(&object),
            "poddisruptionbudgets" => self.sync_budget(&object),
            "horizontalpodautoscalers" => self.sync_autoscaler(&object),
            "persistentvolumeclaims" => self.sync_claim(&object),
            "resourcequotas" => self.sync_quota(&object),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_life_that_came_to_a_standstill_was_not_told() {
        let alive = Alive::begin(async {
            panic!("as a bug would");
        });
        alive.end().await;
        let alive = Alive::begin(std::future::pending());
        let mut end = Box::pin(alive.end());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(end.as_mut().poll(&mut context).is_pending());
        drop(alive);
        end.await;
    }
}
