//! Pods by state.

use leptos::prelude::*;
use model::chart::stack::{StackLayout, bars};
use model::format;
use model::k8s::pod_state::PodState;
use model::overview::states::{ORDER, TONES, counts, filter, tone, words};
use model::route::Page;
use model::store::scope::Scope;
use model::table::Key;

use super::{counted, told};
use crate::app::use_place;
use crate::live::lists::Lists;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Draw, MarkedChart, Marks};
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
    let feed = {
        let lists = lists.clone();
        told(move || lists.pods())
    };
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        Face::Full if total.get() == 0 => no_pods(),
        face => face,
    });
    let label =
        Signal::derive(move || format!("Pods by state: {}. Arrow keys walk along, Enter opens.", states.with(words)));
    let size = RwSignal::new((0, 0));
    let layout = Memo::new(move |_| states.with(|states| StackLayout::new(states, 0, size.get())));
    view! {
        <Card
            title="Pods by state"
            face
            retry=Callback::new(move |()| lists.retry_pods())
            aside=move || feed.with(|feed| feed.loaded).then(|| format::plural(total.get(), "pod", "pods"))
        >
            <div class="stack">
                <MarkedChart
                    label
                    size
                    draw=Draw::bars(move |_, theme| layout.with(|layout| bars(layout, &TONES, theme)))
                    marks=marks_of(states, layout)
                />
            </div>
            <ul class="states">{ORDER.iter().enumerate().map(|(index, state)| view! { <StateLine states index state=*state /> }).collect_view()}</ul>
        </Card>
    }
}

/// A state that some pods are in: its part of the bar, and how many they are.
type Part = (usize, PodState, u64);

fn marks_of(states: Memo<[u64; 6]>, layout: Memo<StackLayout>) -> Marks {
    let place = use_place();
    let parts = Memo::new(move |_| {
        let all = ORDER.into_iter().zip(states.get()).enumerate();
        let all = all.map(|(index, (state, count))| (index, state, count));
        all.filter(|(.., count)| *count > 0).collect::<Vec<Part>>()
    });
    let part = move |mark: usize| parts.with(|parts| parts.get(mark).copied());
    let mark_of = move |index: usize| parts.with(|parts| parts.iter().position(|(of, ..)| *of == index));
    Marks {
        count: Box::new(move || parts.with_untracked(Vec::len)),
        at: Box::new(move |x, y| untrack(|| mark_of(layout.with(|layout| layout.at(x, y))?))),
        rect: Box::new(move |mark| layout.with(|layout| layout.rect(part(mark)?.0))),
        key: Box::new(move |mark| untrack(|| part(mark)).map(|(index, ..)| index as Key)),
        place: Box::new(move |key| mark_of(usize::try_from(key).ok()?)),
        words: Box::new(move |mark| {
            let words = |(_, state, count): Part| format!("{} {}", format::count(count), state.word());
            part(mark).map(words).unwrap_or_default()
        }),
        open: Box::new(move |mark| {
            if let Some((_, state, _)) = untrack(|| part(mark)) {
                place.go(&place.now(|location| location.with_page(Page::Pods).with_query(filter(state))));
            }
        }),
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
