//! The lists that are on their way: how far they have come, and how a person stops them and goes on.

use std::rc::Rc;

use leptos::prelude::GetUntracked;
use model::feed::Phase;
use model::loading::{Course, total_of};

use super::cluster::Cluster;
use super::watched::Watched;

/// The lists that are on their way or were stopped.
pub fn courses(cluster: &Cluster) -> Vec<Course> {
    cluster.watched().iter().filter_map(|watched| course_of(watched)).collect()
}

/// Stops the lists of a kind.
pub fn stop(cluster: &Cluster, what: &str) {
    of_kind(cluster, what, |phase| matches!(phase, Phase::Loading { .. })).for_each(|watched| watched.stop());
}

/// Goes on with the lists of a kind that were stopped.
pub fn go_on(cluster: &Cluster, what: &str) {
    of_kind(cluster, what, |phase| matches!(phase, Phase::Partial { .. })).for_each(|watched| watched.restart());
}

/// Asks how many objects the lists of a kind have. One that cannot be told stays unknown.
pub async fn learn_totals(cluster: &Cluster, what: &str) {
    for watched in of_kind(cluster, what, |phase| matches!(phase, Phase::Loading { .. })) {
        if let Ok(sample) = cluster.get(&watched.sample(), "application/json").await {
            watched.total.set(total_of(&sample));
        }
    }
}

fn course_of(watched: &Watched) -> Option<Course> {
    let (items, bytes, stopped) = match watched.feed.get_untracked().phase {
        Phase::Loading { items, bytes } => (items, bytes, false),
        Phase::Partial { items, bytes } => (items, bytes, true),
        Phase::Idle | Phase::Live | Phase::Retrying(_) | Phase::Stopped(_) => return None,
    };
    Some(Course { what: watched.label(), items: items as u64, bytes, total: watched.total.get(), stopped })
}

fn of_kind(cluster: &Cluster, what: &str, is: impl Fn(&Phase) -> bool) -> impl Iterator<Item = Rc<Watched>> {
    let of_kind = |w: &Rc<Watched>| w.label() == what && is(&w.feed.get_untracked().phase);
    let found: Vec<_> = cluster.watched().into_iter().filter(of_kind).collect();
    found.into_iter()
}
