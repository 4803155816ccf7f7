//! Pods by namespace, the largest first.

use leptos::prelude::*;
use model::chart::stack::{StackLayout, bars};
use model::format;
use model::k8s::pod_state::PodState;
use model::overview::namespaces::{NamespaceLine, largest};
use model::overview::states::{self, TONES};
use model::route::Page;
use model::store::scope::Scope;

use super::states::no_pods;
use super::{counted, told};
use crate::app::use_place;
use crate::live::lists::Lists;
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Chart, Draw};
use crate::ui::passing::passing;

/// How many namespaces have a bar; the table of pods reaches all.
const SHOWN: usize = 9;

/// A bar for each of the largest namespaces.
#[component]
pub(super) fn NamespacesCard() -> impl IntoView {
    let lists: Lists = expect_context();
    let lines = counted(super::pods, |store, scope| match scope {
        Scope::Namespaces(names) => largest(store, names, SHOWN),
        Scope::Nothing => vec![],
    });
    let all = counted(super::pods, |store, scope| match scope {
        Scope::Namespaces(names) if names.is_empty() => store.pods.by_namespace().iter().count(),
        Scope::Namespaces(names) => names.iter().filter(|name| store.pods.by_namespace().get(**name).is_some()).count(),
        Scope::Nothing => 0,
    });
    let feed = {
        let lists = lists.clone();
        told(move || lists.pods())
    };
    let face = Signal::derive(move || match face_of(&feed.get(), "pods") {
        Face::Full if all.get() == 0 => no_pods(),
        face => face,
    });
    let every = use_place().link(move |location| location.with_page(Page::Namespaces));
    let aside = move || {
        let count = all.get();
        let words = format!("{SHOWN} of {}", format::count(count as u64));
        (count > SHOWN).then(|| view! { <a class="link" href=every>{words}</a> })
    };
    let widest = Memo::new(move |_| lines.with(|lines| lines.first().map_or(0, NamespaceLine::total)));
    let names = move || lines.with(|lines| lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>());
    view! {
        <Card title="Pods by namespace" face retry=Callback::new(move |()| lists.retry_pods()) aside>
            <div class="namespaces">
                <For each=names key=Clone::clone let(name)>
                    <NamespaceBar lines widest name />
                </For>
            </div>
        </Card>
    }
}

/// One namespace: its name, its bar, its numbers, and the way to its pods.
#[component]
fn NamespaceBar(lines: Memo<Vec<NamespaceLine>>, widest: Memo<u64>, name: String) -> impl IntoView {
    let widest = passing(move |_| widest.get());
    let place = use_place();
    let wanted = name.clone();
    let line = passing(move |_| lines.with(|lines| lines.iter().find(|line| line.name == wanted).cloned()));
    let number = move |of: fn(&NamespaceLine) -> u64| line.with(|line| line.as_ref().map_or(0, of));
    let filter = format!("ns:{name}");
    let only = format!("{filter} {}", states::filter(PodState::Failing));
    let href = place.link(move |location| location.with_page(Page::Pods).with_query(filter.clone()));
    let failing_href = place.link(move |location| location.with_page(Page::Pods).with_query(only.clone()));
    let label = {
        let name = name.clone();
        Signal::derive(move || {
            let counts = line.with(|line| line.as_ref().map(|line| line.counts)).unwrap_or_default();
            format!("Pods of {name} by state: {}", states::words(&counts))
        })
    };
    let failing = move || {
        let failing = number(NamespaceLine::failing);
        (failing > 0).then(|| view! { <a class="bad" href=failing_href>"◆ "{format::count(failing)}</a> })
    };
    view! {
        <div class="line">
            <a href=href>
                <span class="name">{name}</span>
                <Chart
                    label
                    draw=Draw::bars(move |size, theme| {
                        let counts = line.with(|line| line.as_ref().map(|line| line.counts)).unwrap_or_default();
                        bars(&StackLayout::new(&counts, widest.get(), size), &TONES, theme)
                    })
                />
                <span class="num mute">{move || format::count(number(NamespaceLine::total))}</span>
            </a>
            {failing}
        </div>
    }
}
