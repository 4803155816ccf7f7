//! Explore: group by anything.

mod behind;
mod cells;
mod head;
mod health;
mod matrix;
mod questions;
mod row;
mod tree;

use leptos::prelude::*;
use model::demand;
use model::explore::question::Look;
use model::explore::{Kind, Levels, Pool, Question, Tree};
use model::filter::Filter;
use model::format;
use model::route::Sort;

use super::faces::face_of;
use super::kinds::combined;
use super::listing::{RestrictedNotice, use_filter, use_sort};
use super::workloads::ALL as WORKLOADS;
use crate::app::use_place;
use crate::live::kinds::Kinds;
use crate::live::lists::Lists;
use crate::live::{Cluster, Feed};
use crate::ui::card::{Face, FaceView, StaleNotice};

static SERVICES: [demand::Kind; 1] = [demand::Kind::Services];

/// What is asked and what the answer is; every part of the page sees all of it.
#[derive(Clone, Copy)]
struct Explored {
    question: Memo<Question>,
    filter: Memo<Filter>,
    sort: Memo<Option<Sort>>,
    /// Which objects are grouped.
    pool: Memo<Pool>,
    /// How many there are without the filter, of each kind.
    all: Memo<Vec<(Kind, u64)>>,
    /// The groups as lines.
    tree: Memo<Tree>,
}

/// The page.
#[component]
pub fn Explore() -> impl IntoView {
    let explored = Explored::new();
    let lists: Lists = expect_context();
    let feed = feed(explored.question);
    let face = Signal::derive(move || face(explored, &feed.get()));
    let kinds: Kinds = expect_context();
    let listed = kinds.clone();
    // Asked for while they are pooled, and let go after.
    Effect::new(move |_| {
        let pooled = explored.question.with(|question| question.kinds.clone());
        for of in pooled.into_iter().filter_map(on_demand) {
            listed.look_at(of);
        }
    });
    let retry = Callback::new(move |()| {
        lists.retry_pods();
        lists.retry_nodes();
        for kind in WORKLOADS.iter().chain(&SERVICES) {
            kinds.retry(*kind);
        }
    });
    let empty = Memo::new(move |_| explored.pool.with(Pool::is_empty));
    let what = Memo::new(move |_| match (empty.get(), explored.question.with(shown)) {
        (_, Shown::Questions) => Shown::Questions,
        (true, _) => Shown::Face,
        (false, shown) => shown,
    });
    view! {
        <head::Head explored feed />
        <RestrictedNotice />
        <StaleNotice face retry=Some(retry) />
        {move || match what.get() {
            Shown::Questions => view! {
                <section class="card table-card together">
                    {move || if empty.get() {
                        view! { <FaceView face retry=Some(retry) /> }.into_any()
                    } else {
                        view! { <tree::TreeTable explored /> }.into_any()
                    }}
                </section>
                <questions::Questions explored />
            }
            .into_any(),
            Shown::Face => view! { <section class="card"><FaceView face retry=Some(retry) /></section> }.into_any(),
            Shown::Tree => view! { <section class="card table-card"><tree::TreeTable explored /></section> }.into_any(),
            Shown::Matrix => view! { <matrix::MatrixCard explored /> }.into_any(),
        }}
    }
}

/// What stands below the head.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Questions,
    Face,
    Tree,
    Matrix,
}

fn shown(question: &Question) -> Shown {
    match question.look {
        _ if question.by.is_empty() => Shown::Questions,
        Look::Table => Shown::Tree,
        Look::Matrix => Shown::Matrix,
    }
}

impl Explored {
    fn new() -> Self {
        let cluster: Cluster = expect_context();
        let place = use_place();
        let question = Memo::new(move |_| place.with(|l| Question::read(&l.view)));
        let namespaces = Memo::new(move |_| place.with(|l| l.view.namespaces.clone()));
        let kinds = Memo::new(move |_| question.with(|question| question.kinds.clone()));
        let (filter, sort) = (use_filter(), use_sort());
        let kinds_live: Kinds = expect_context();
        let versions = [
            cluster.pods_version(),
            cluster.nodes_version(),
            kinds_live.workloads_version(),
            kinds_live.services_version(),
        ];
        let objects = move || versions.iter().for_each(Track::track);
        let pool = Memo::new({
            let (cluster, objects) = (cluster.clone(), objects.clone());
            move |_| {
                objects();
                kinds.with(|kinds| {
                    namespaces.with(|ns| filter.with(|filter| cluster.store(|s| Pool::new(s, kinds, ns, filter))))
                })
            }
        });
        let all = Memo::new({
            let (cluster, objects) = (cluster.clone(), objects.clone());
            move |_| {
                objects();
                let count = |kind: Kind| namespaces.with(|ns| cluster.store(|s| kind.all(s, ns) as u64));
                kinds.get().into_iter().map(|kind| (kind, count(kind))).collect()
            }
        });
        let usage = cluster.usage_version();
        let keys = Memo::new(move |_| question.with(|question| question.by.clone()));
        // What was counted holds until one of these changes: opening a group changes none of them.
        let stamp = Memo::new(move |old: Option<&u64>| {
            objects();
            usage.track();
            pool.track();
            keys.track();
            old.copied().unwrap_or_default() + 1
        });
        let levels = StoredValue::new(Levels::default());
        let tree = Memo::new(move |_| {
            let (stamp, question, sort) = (stamp.get(), question.get(), sort.get());
            let mut tree = Tree::default();
            levels.update_value(|levels| {
                tree = pool.with_untracked(|pool| {
                    let levels = levels.at(stamp);
                    cluster.store(|s| Tree::new(s, pool, levels, &question.by, &question.open, sort.as_ref()))
                });
            });
            tree
        });
        Self { question, filter, sort, pool, all, tree }
    }
}

/// What has to be asked for to pool a kind.
fn on_demand(kind: Kind) -> Option<&'static [demand::Kind]> {
    match kind {
        Kind::Pods | Kind::Nodes => None,
        Kind::Workloads => Some(&WORKLOADS),
        Kind::Services => Some(&SERVICES),
    }
}

/// Where the lists of the pooled kinds stand.
fn feed(question: Memo<Question>) -> Memo<Feed> {
    let lists: Lists = expect_context();
    let listed: Kinds = expect_context();
    Memo::new(move |_| {
        let kinds = question.with(|question| question.kinds.clone());
        Feed::all(kinds.into_iter().map(|kind| match kind {
            Kind::Pods => lists.pods(),
            Kind::Workloads | Kind::Services => combined(&listed, on_demand(kind).unwrap_or_default()),
            Kind::Nodes => lists.nodes(),
        }))
    })
}

/// What stands in the place of groups when there are none.
fn face(explored: Explored, feed: &Feed) -> Face {
    let words = explored.question.with(|question| question.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>());
    let words = words.join(" and ");
    let all: u64 = explored.all.with(|all| all.iter().map(|(_, count)| count).sum());
    match face_of(feed, &words) {
        Face::Full if all > 0 => Face::Empty {
            why: format!("None of {} matches.", format::count(all)),
            next: "Take a term out of the filter, or widen the namespaces in the bar above.".into(),
        },
        Face::Full => Face::Empty {
            why: format!("There are no {words} here."),
            next: "They are grouped the moment they are created.".into(),
        },
        face => face,
    }
}
