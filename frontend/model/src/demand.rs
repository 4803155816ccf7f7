//! Which kinds are listed: those that a page asks for, a few at a time, and let go when nobody has looked at them for a while.

use crate::route::Page;

/// A kind that is listed on demand, in the order of how many a cluster usually has: the smallest are listed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Cron jobs.
    CronJobs,
    /// Daemon sets.
    DaemonSets,
    /// Stateful sets.
    StatefulSets,
    /// Services.
    Services,
    /// Deployments.
    Deployments,
    /// Jobs.
    Jobs,
    /// Replica sets.
    ReplicaSets,
    /// Events.
    Events,
}

/// Lists that are on their way at once; browsers allow six connections a host.
const AT_ONCE: usize = 4;

/// Whether kinds on demand are what a page is about: then they are listed before the pods, of which there are many.
pub fn goes_first(page: &Page) -> bool {
    matches!(page, Page::Workloads | Page::Services | Page::Events | Page::Workload { .. } | Page::Service { .. })
}

/// What is asked for, and what is listed.
#[derive(Debug)]
pub struct Demand {
    wanted: Vec<Wanted>,
    linger_ms: f64,
}

#[derive(Debug)]
struct Wanted {
    kind: Kind,
    users: u32,
    listed: bool,
    /// Since when it has no user.
    idle_since_ms: f64,
}

impl Demand {
    /// Nothing is asked for; what has no user any more is kept for `linger_ms`.
    pub fn new(linger_ms: f64) -> Self {
        Self { wanted: Vec::new(), linger_ms }
    }

    /// Somebody looks at a kind.
    pub fn ask(&mut self, kind: Kind) {
        match self.wanted.iter_mut().find(|w| w.kind == kind) {
            Some(wanted) => wanted.users += 1,
            None => {
                self.wanted.push(Wanted { kind, users: 1, listed: false, idle_since_ms: 0.0 });
                self.wanted.sort_unstable_by_key(|w| w.kind);
            }
        }
    }

    /// Somebody looks away.
    pub fn release(&mut self, kind: Kind, now_ms: f64) {
        if let Some(wanted) = self.wanted.iter_mut().find(|w| w.kind == kind) {
            wanted.users = wanted.users.saturating_sub(1);
            wanted.idle_since_ms = now_ms;
        }
        // What nobody waits for any more need not begin.
        self.wanted.retain(|w| w.listed || w.users > 0);
    }

    /// The kinds to list now, while so many lists are on their way; they count as listed from here on.
    pub fn to_list(&mut self, loading: usize) -> Vec<Kind> {
        let room = AT_ONCE.saturating_sub(loading);
        let next = self.wanted.iter_mut().filter(|w| !w.listed).take(room);
        next.map(|wanted| {
            wanted.listed = true;
            wanted.kind
        })
        .collect()
    }

    /// Whether all that is asked for has been listed, and there is any of it.
    pub fn is_listed(&self) -> bool {
        !self.wanted.is_empty() && self.wanted.iter().all(|w| w.listed)
    }

    /// The kinds to let go.
    pub fn to_let_go(&mut self, now_ms: f64) -> Vec<Kind> {
        let linger_ms = self.linger_ms;
        let idle = |w: &Wanted| w.users == 0 && now_ms - w.idle_since_ms >= linger_ms;
        let gone = self.wanted.iter().filter(|w| idle(w)).map(|w| w.kind).collect();
        self.wanted.retain(|w| !idle(w));
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::{Demand, Kind, Page, goes_first};

    #[test]
    fn the_smallest_are_listed_first_and_four_at_once() {
        let mut demand = Demand::new(1000.0);
        for kind in [Kind::ReplicaSets, Kind::Jobs, Kind::Deployments, Kind::DaemonSets, Kind::CronJobs] {
            demand.ask(kind);
        }
        assert_eq!(demand.to_list(2), [Kind::CronJobs, Kind::DaemonSets]);
        assert_eq!(demand.to_list(4), []);
        assert_eq!(demand.to_list(3), [Kind::Deployments]);
        assert_eq!(demand.to_list(9), []);
        assert_eq!(demand.to_list(0), [Kind::Jobs, Kind::ReplicaSets]);
    }

    #[test]
    fn what_nobody_looks_at_is_let_go_after_a_while() {
        let mut demand = Demand::new(1000.0);
        demand.ask(Kind::Services);
        demand.ask(Kind::Services);
        assert_eq!(demand.to_list(0), [Kind::Services]);
        demand.release(Kind::Services, 0.0);
        assert_eq!(demand.to_let_go(5000.0), []);
        demand.release(Kind::Services, 5000.0);
        assert_eq!(demand.to_let_go(5999.0), []);
        // Somebody came back in time.
        demand.ask(Kind::Services);
        assert_eq!((demand.to_let_go(9000.0), demand.to_list(0)), (vec![], vec![]));
        demand.release(Kind::Services, 9000.0);
        assert_eq!(demand.to_let_go(10_000.0), [Kind::Services]);
        demand.ask(Kind::Services);
        assert_eq!(demand.to_list(0), [Kind::Services]);
    }

    #[test]
    fn pods_wait_until_what_the_page_is_about_has_been_listed() {
        let mut demand = Demand::new(1000.0);
        assert!(!demand.is_listed(), "the page has not asked yet");
        let all =
            [Kind::Deployments, Kind::StatefulSets, Kind::DaemonSets, Kind::CronJobs, Kind::Jobs, Kind::ReplicaSets];
        all.into_iter().for_each(|kind| demand.ask(kind));
        // Nodes and namespaces are on their way: two at once, as long as pods do not take the room.
        for expect in [false, false, true] {
            assert_eq!(demand.to_list(2).len(), 2);
            assert_eq!(demand.is_listed(), expect);
        }
        assert!(goes_first(&Page::Workloads) && !goes_first(&Page::Overview) && !goes_first(&Page::Pods));
    }

    #[test]
    fn what_was_left_before_its_turn_is_not_listed() {
        let mut demand = Demand::new(1000.0);
        demand.ask(Kind::Jobs);
        demand.release(Kind::Jobs, 0.0);
        assert_eq!((demand.to_list(0), demand.to_let_go(9000.0)), (vec![], vec![]));
    }
}
