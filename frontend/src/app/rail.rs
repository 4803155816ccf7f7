//! The left rail: the tabs, with counts of what is loaded.

use leptos::prelude::*;
use model::format;
use model::k8s::node::NodeReadiness;
use model::k8s::pod_state::PodState;
use model::k8s::workload_state::WorkloadState;
use model::route::Page;
use model::store::Store;
use model::store::names::Name;
use model::store::scope::Scope;

use super::place::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;

/// What stands beside a tab: how many, or how many of them fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Count {
    all: u64,
    bad: u64,
    /// Of workloads, how many miss pods: by far not each has one that fails.
    degraded: u64,
}

impl Count {
    /// Counts what lies in these namespaces, of which some may be bad.
    fn of(scope: &Scope, rows: &mut dyn Iterator<Item = (Name, bool)>) -> Self {
        let mut count = Self::default();
        for (_, bad) in rows.filter(|(namespace, _)| scope.holds(*namespace)) {
            count.all += 1;
            count.bad += u64::from(bad);
        }
        count
    }
}

/// The tabs.
#[component]
pub fn Rail() -> impl IntoView {
    let cluster: Cluster = expect_context();
    let kinds: Kinds = expect_context();
    let place = use_place();
    // What lies in namespaces is counted in those that are chosen, as its page lists it.
    let scope = move |store: &Store| place.with(|l| Scope::of(store, &l.view.namespaces));
    let pods = cluster.counted(
        |c| c.pods_version().track(),
        move |store| {
            let tally = match scope(store) {
                Scope::Namespaces(names) => store.pods.in_namespaces(&names),
                Scope::Nothing => <_>::default(),
            };
            Count { all: tally.total().into(), bad: tally.count(PodState::Failing).into(), ..Count::default() }
        },
    );
    let nodes = cluster.counted(
        |c| c.nodes_version().track(),
        |store| Count {
            all: store.nodes.rows().len() as u64,
            bad: store.nodes.rows().iter().filter(|(_, n)| n.readiness != NodeReadiness::Ready).count() as u64,
            ..Count::default()
        },
    );
    // As many as the headline says fail; what misses pods that fail nowhere, since their node is lost for one, is told with it.
    let of_workloads = kinds.workloads_version();
    let follow = move |cluster: &Cluster| {
        of_workloads.track();
        cluster.pods_version().track();
    };
    let workloads = cluster.counted(follow, move |store| {
        let scope = scope(store);
        let rows = store.workloads.rows().iter().filter(|(_, row)| row.stands_alone());
        let is_degraded = |row| store.workload_state(row) == WorkloadState::Degraded;
        let Count { all, bad: degraded, .. } =
            Count::of(&scope, &mut rows.map(|(_, row)| (row.namespace, is_degraded(row))));
        Count { all, bad: store.failing_workloads(|namespace| scope.holds(namespace)) as u64, degraded }
    });
    let of_services = kinds.services_version();
    let services = cluster.counted(
        move |_| of_services.track(),
        move |store| Count::of(&scope(store), &mut store.services.rows().iter().map(|(_, row)| (row.namespace, false))),
    );
    let of_events = kinds.events_version();
    let events = cluster.counted(
        move |_| of_events.track(),
        move |store| Count::of(&scope(store), &mut store.events.rows().iter().map(|(_, row)| (row.namespace, false))),
    );
    let namespaces = cluster.counted(
        |c| c.namespaces_version().track(),
        |store| Count { all: store.namespaces.rows().len() as u64, ..Count::default() },
    );
    let on = move |page: Page| {
        let current = place.with(|l| match (&l.page, &page) {
            (Page::Pod { .. }, Page::Pods)
            | (Page::Node { .. }, Page::Nodes)
            | (Page::Workload { .. }, Page::Workloads)
            | (Page::Service { .. }, Page::Services)
            | (Page::Namespace { .. }, Page::Namespaces) => true,
            (current, page) => current == page,
        });
        current.then_some("page")
    };
    view! {
        <nav class="rail" aria-label="Tabs">
            <a href=place.link(|l| l.with_page(Page::Overview)) aria-current=move || on(Page::Overview)>"Overview"</a>
            <a href=place.link(|l| l.with_page(Page::Explore)) aria-current=move || on(Page::Explore)>"Explore"</a>
            <h2>"Resources"</h2>
            <a href=place.link(|l| l.with_page(Page::Workloads)) aria-current=move || on(Page::Workloads)>
                "Workloads"<CountView count=workloads word="failing" />
            </a>
            <a href=place.link(|l| l.with_page(Page::Pods)) aria-current=move || on(Page::Pods)>
                "Pods"<CountView count=pods word="failing" />
            </a>
            <a href=place.link(|l| l.with_page(Page::Nodes)) aria-current=move || on(Page::Nodes)>
                "Nodes"<CountView count=nodes word="not ready" />
            </a>
            <a href=place.link(|l| l.with_page(Page::Services)) aria-current=move || on(Page::Services)>
                "Services"<CountView count=services word="" />
            </a>
            <a href=place.link(|l| l.with_page(Page::Events)) aria-current=move || on(Page::Events)>
                "Events"<CountView count=events word="" />
            </a>
            <a href=place.link(|l| l.with_page(Page::Namespaces)) aria-current=move || on(Page::Namespaces)>
                "Namespaces"<CountView count=namespaces word="" />
            </a>
            <a class="foot" href=place.link(|l| l.with_page(Page::Diagnostics)) aria-current=move || on(Page::Diagnostics)>"Diagnostics"</a>
        </nav>
    }
}

/// A number that says by shape, colour and words when it counts trouble.
#[component]
fn CountView(count: Memo<Count>, word: &'static str) -> impl IntoView {
    move || {
        let Count { all, bad, degraded } = count.get();
        let told = [(bad, word), (degraded, "degraded")].into_iter().filter(|(number, _)| *number > 0);
        let words =
            told.map(|(number, word)| format!("{} {word}", format::count(number))).collect::<Vec<_>>().join(", ");
        if bad > 0 || degraded > 0 {
            let (number, class) = if bad > 0 { (bad, "count bad") } else { (degraded, "count warn") };
            view! { <span class=class title=words.clone() aria-label=words>{format::count(number)}" ▴"</span> }
                .into_any()
        } else if all > 0 {
            view! { <span class="count">{format::count(all)}</span> }.into_any()
        } else {
            ().into_any()
        }
    }
}
