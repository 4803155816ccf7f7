//! What is asked, in one line of words and controls.

use leptos::prelude::*;
use model::explore::menu::{Offer, labels};
use model::explore::question::Look;
use model::explore::{Key, Kind, Question};
use model::filter;
use model::format;

use wasm_bindgen_futures::spawn_local;

use super::Explored;
use crate::app::{Place, use_place};
use crate::live::annotated::keys as keys_of;
use crate::live::lists::Lists;
use crate::live::{Cluster, Feed, Phase};

/// The line.
#[component]
pub(super) fn Head(explored: Explored, feed: Memo<Feed>) -> impl IntoView {
    let filter = explored.filter;
    let problems =
        move || filter.with(|f| f.problems.iter().map(|p| p.reason.to_string()).collect::<Vec<_>>().join("; "));
    view! {
        <div class="page-head">
            <h1>"Explore"</h1>
            <span class="mute">"group"</span>
            <Kinds explored />
            <span class="mute">"by"</span>
            <Keys explored />
            <Where />
            <Show when=move || filter.with(|f| !f.problems.is_empty())>
                <span class="state warn" role="alert">{problems}</span>
            </Show>
            <UnknownZones explored />
            <div class="row grow">
                <span class="mute" role="status" aria-label="Objects grouped">{move || counts(explored, &feed.get())}</span>
                <Looks explored />
            </div>
        </div>
    }
}

/// Which kinds are pooled.
#[component]
fn Kinds(explored: Explored) -> impl IntoView {
    let place = use_place();
    let buttons = Kind::ALL.map(|kind| {
        let pooled = move || explored.question.with(|question| question.kinds.contains(&kind));
        let press = move |_| ask(place, |question| question.with_kind(kind, !untrack(pooled)));
        view! { <button aria-pressed=move || pooled().to_string() on:click=press>{kind.word()}</button> }
    });
    view! { <div class="segments" role="group" aria-label="What is grouped">{buttons.collect_view()}</div> }
}

/// By what is grouped, and the menu of what else could be.
#[component]
fn Keys(explored: Explored) -> impl IntoView {
    let place = use_place();
    let keys = Memo::new(move |_| explored.question.with(|question| question.by.clone()));
    let chip = move |(at, key): (usize, Key)| {
        let (short, title, label) = (key.short(), key.title().to_owned(), format!("Do not group by {}", key.title()));
        let remove = move |_| {
            ask(place, |question| {
                let rest = question.by.iter().filter(|other| **other != key).cloned().collect();
                question.with_by(rest)
            });
        };
        view! {
            {(at > 0).then(|| view! { <span class="mute">"then"</span> })}
            <span class="term" title=title>{short}<button aria-label=label on:click=remove>"✕"</button></span>
        }
    };
    view! {
        {move || keys.get().into_iter().enumerate().map(chip).collect_view()}
        <Menu explored keys />
    }
}

/// The keys that are not taken yet. The labels are counted when somebody comes near.
#[component]
fn Menu(explored: Explored, keys: Memo<Vec<Key>>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let place = use_place();
    let offers = RwSignal::new(Vec::<Offer>::new());
    let count = {
        let cluster = cluster.clone();
        move || offers.set(explored.pool.with_untracked(|pool| cluster.store(|store| labels(store, pool))))
    };
    let sampled = RwSignal::new(((Vec::<Kind>::new(), Vec::<String>::new()), Vec::new()));
    let (to_ask, lists) = (cluster.clone(), expect_context::<Lists>());
    // A sample of objects tells which annotations there are; nobody else needs them.
    let sample = move || {
        let kinds = explored.question.with_untracked(|question| question.kinds.clone());
        let named = place.now(|l| l.view.namespaces.clone());
        let listed = || lists.restricted_untracked().map(|restricted| restricted.namespaces).unwrap_or_default();
        let namespaces = if named.is_empty() { listed() } else { named };
        let asked_of = (kinds, namespaces);
        if sampled.with_untracked(|(of, _)| *of != asked_of) {
            sampled.update(|(of, _)| of.clone_from(&asked_of));
            let asked = keys_of(to_ask.clone(), asked_of.0.clone(), asked_of.1.clone());
            spawn_local(async move {
                let found = asked.await;
                sampled.try_update(|(of, keys)| {
                    // What was asked for meanwhile counts.
                    if *of == asked_of {
                        *keys = found;
                    }
                });
            });
        }
    };
    let near = count.clone();
    let focused = sample.clone();
    // At once too, so that the menu has its width: but not before there is something to count.
    let counted = count.clone();
    Effect::new(move |done: Option<bool>| {
        let ready = explored.pool.with(|pool| !pool.is_empty());
        if ready && done != Some(true) {
            counted();
        }
        ready
    });
    let free = move |key: &Key| keys.with(|keys| !keys.contains(key));
    let fixed = move || {
        let keys = Key::FIXED.into_iter().filter(free);
        keys.map(|key| view! { <option value=key.to_string()>{key.title().to_owned()}</option> }).collect_view()
    };
    let by_label = move || {
        let offers = offers.get().into_iter().map(|offer| (Key::Label(offer.key), offer.values));
        let offers = offers.filter(|(key, _)| free(key)).map(|(key, values)| {
            let words = format!("{} ({})", key.title(), format::plural(values as u64, "value", "values"));
            view! { <option value=key.to_string()>{words}</option> }
        });
        offers.collect_view()
    };
    let by_annotation = move || {
        let found =
            sampled.with(|(_, keys)| keys.clone()).into_iter().map(|(key, _)| Key::Annotation(key)).filter(free);
        found.map(|key| view! { <option value=key.to_string()>{key.title().to_owned()}</option> }).collect_view()
    };
    let choose = move |event| {
        if let Some(key) = Key::parse(&event_target_value(&event)) {
            ask(place, |question| {
                let by = question.by.iter().cloned().chain([key]).collect();
                question.with_by(by)
            });
        }
    };
    let word = move || if keys.with(Vec::is_empty) { "choose…" } else { "+ then by…" };
    view! {
        <select
            class="button"
            aria-label="Group by"
            prop:value=move || { keys.track(); "" }
            on:change=choose
            on:pointerenter=move |_| {
                count();
                sample();
            }
            on:focus=move |_| {
                near();
                focused();
            }
        >
            <option value="">{word}</option>
            <optgroup label="Every object has">{fixed}</optgroup>
            <optgroup label="Labels">{by_label}</optgroup>
            <optgroup label="Annotations">{by_annotation}</optgroup>
        </select>
    }
}

/// The terms of the filter, each of which can be taken out.
#[component]
fn Where() -> impl IntoView {
    let place = use_place();
    let terms = Memo::new(move |_| place.with(|l| filter::terms(&l.view.query).map(str::to_owned).collect::<Vec<_>>()));
    let chip = move |term: String| {
        let label = format!("Take out {term}");
        let removed = term.clone();
        let remove = move |_| {
            let rest: Vec<String> = terms.get_untracked().into_iter().filter(|other| *other != removed).collect();
            place.go(&place.now(|l| l.clone().with_query(rest.join(" "))));
        };
        let short = short(&term);
        view! { <span class="term" title=term>{short}<button aria-label=label on:click=remove>"✕"</button></span> }
    };
    move || {
        let terms = terms.get();
        (!terms.is_empty()).then(|| {
            view! { <span class="mute">"where"</span>{terms.into_iter().map(chip).collect_view()} }
        })
    }
}

/// Why nothing has a zone, where that is so: pods have those of their nodes.
#[component]
fn UnknownZones(explored: Explored) -> impl IntoView {
    let lists: Lists = expect_context();
    let asked = Memo::new(move |_| explored.question.with(|question| question.by.contains(&Key::Zone)));
    move || {
        let nodes = lists.nodes();
        let failure = nodes.failure().filter(|_| asked.get() && !nodes.loaded).map(|failure| failure.sentence());
        failure.map(|words| view! { <span class="state warn" role="status">"Zones are not known without nodes: "{words}</span> })
    }
}

/// How the groups are shown.
#[component]
fn Looks(explored: Explored) -> impl IntoView {
    let place = use_place();
    let button = move |word: &'static str, look: Look| {
        let pressed = move || explored.question.with(|question| question.look == look).to_string();
        view! { <button aria-pressed=pressed on:click=move |_| ask(place, |question| question.with_look(look))>{word}</button> }
    };
    view! {
        <div class="segments" role="group" aria-label="Show as">{button("table", Look::Table)}{button("matrix", Look::Matrix)}</div>
    }
}

/// Asks something else: a step that the browser's back button takes back.
fn ask(place: Place, change: impl FnOnce(Question) -> Question) {
    let to = place.now(|location| {
        let view = change(Question::read(&location.view)).write(location.view.clone());
        location.clone().with_view(view)
    });
    place.go(&to);
}

/// A term as a chip has it: a label without the prefix of its key.
fn short(term: &str) -> String {
    let (sign, label) = term.strip_prefix('-').map_or(("", term), |rest| ("-", rest));
    match label.strip_prefix("label:").map(|label| (label, label.rsplit_once('/'))) {
        None => term.to_owned(),
        Some((_, Some((_, name)))) => format!("{sign}…/{name}"),
        Some((label, None)) => format!("{sign}{label}"),
    }
}

/// `37,500 of 150,000 pods`, and how many have come while they come.
fn counts(explored: Explored, feed: &Feed) -> String {
    let found = |kind| explored.pool.with(|pool| pool.count(kind)) as u64;
    let each = explored.all.with(|all| {
        let words = all.iter().map(|(kind, all)| match found(*kind) {
            found if found == *all => format!("{} {}", format::count(*all), kind.word()),
            found => format!("{} of {} {}", format::count(found), format::count(*all), kind.word()),
        });
        words.collect::<Vec<_>>().join(", ")
    });
    if feed.loaded || !matches!(feed.phase, Phase::Loading { .. } | Phase::Partial { .. }) {
        each
    } else {
        format!("{each} so far")
    }
}
