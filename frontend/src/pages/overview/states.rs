//! Pods by state.

use leptos::prelude::*;
use model::chart::stack::{StackLayout, draw};
use model::format;
use model::k8s::pod_state::PodState;
use model::overview::states::{ORDER, TONES, counts, filter, tone, words};
use model::route::Page;
use model::store::scope::Scope;

use super::counted;
use crate::app::use_place;
use crate::live::lists::Lists;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::Chart;
use crate::ui::state_mark::StateMark;

/// One bar of all pods, and each state with its number.
#[component]
pub(super) fn StatesCard() -> impl IntoView {
    let lists: Lists = expect_context();
    let states = counted(super::pods, |store, scope| match scope {
        Scope::Namespaces(names) => counts(&store.pods.in_namespaces(names)),
        Scope::Nothing => [0; 6],
    });
    let total = Memo::new(move |_| states.with(|states| states.iter().sum::<u64>()));
    let feed = Memo::new({
        let lists = lists.clone();
        move |_| lists.pods()
    });
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        Face::Full if total.get() == 0 => no_pods(),
        face => face,
    });
    let label = Signal::derive(move || format!("Pods by state: {}", states.with(words)));
    view! {
        <Card
            title="Pods by state"
            face
            retry=Callback::new(move |()| lists.retry_pods())
            aside=move || feed.with(|feed| feed.loaded).then(|| format::plural(total.get(), "pod", "pods"))
        >
            <div class="stack">
                <Chart
                    label
                    draw=move |area, theme| {
                        let layout = states.with(|states| StackLayout::new(states, 0, area.dim_in_pixel()));
                        // The canvas' error type has no values.
                        let _ = draw(area, &layout, &TONES, theme);
                    }
                />
            </div>
            <ul class="states">{ORDER.iter().enumerate().map(|(index, state)| view! { <StateLine states index state=*state /> }).collect_view()}</ul>
        </Card>
    }
}

/// A state, its number, and the way to just those pods.
#[component]
fn StateLine(states: Memo<[u64; 6]>, index: usize, state: PodState) -> impl IntoView {
    let place = use_place();
    let number = Memo::new(move |_| states.with(|states| states.get(index).copied().unwrap_or(0)));
    let href = place.link(move |location| location.with_page(Page::Pods).with_query(filter(state)));
    view! {
        <li class:none=move || number.get() == 0>
            <a href=href>
                <StateMark tone=tone(state) word=state.word() />
                <span>{move || format::count(number.get())}</span>
            </a>
        </li>
    }
}

/// What stands where there are no pods.
pub(super) fn no_pods() -> Face {
    Face::Empty {
        why: "There are no pods here.".into(),
        next: "Choose other namespaces above, or create a workload: it appears by itself.".into(),
    }
}
