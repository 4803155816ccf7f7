//! What could stand at the end of the filter: a list below the search field, while something is typed there.

use leptos::prelude::*;
use model::filter::offer::{Offer, offers};

use crate::app::{SEARCH_ID, use_place};
use crate::live::Cluster;
use crate::web::field::{self, Heard};

/// The list's id.
const LIST_ID: &str = "search-offers";

/// The list; arrow keys, Enter and Tab choose from it, Escape closes it.
#[component]
pub fn Completion() -> impl IntoView {
    let place = use_place();
    let cluster: Cluster = expect_context();
    let open = RwSignal::new(false);
    let at = RwSignal::new(None::<usize>);
    let moves = RwSignal::new(0_u32);
    let found = Memo::new(move |_| {
        let text = place.with(|l| l.view.query.clone());
        if open.get() { cluster.store(|store| offers(&text, store)) } else { Vec::new() }
    });
    let choose = move |offer: &Offer| {
        at.set(None);
        place.replace(place.now(|l| l.clone().with_query(offer.text.as_str())));
    };
    let hear = move |heard: Heard| match heard {
        Heard::Typed => {
            at.set(None);
            open.set(field::caret_is_at_end(SEARCH_ID));
            false
        }
        Heard::Left => {
            open.set(false);
            false
        }
        Heard::Moved => {
            moves.update(|moves| *moves += 1);
            false
        }
        Heard::Pressed(key) => {
            let count = found.with_untracked(Vec::len);
            let chosen = at.get_untracked().and_then(|at| found.with_untracked(|found| found.get(at).cloned()));
            match (key.as_str(), chosen) {
                ("ArrowDown", _) if count == 0 => open.set(true),
                (_, _) if count == 0 => return false,
                ("ArrowDown", _) => at.update(|at| *at = Some(at.map_or(0, |at| (at + 1) % count))),
                ("ArrowUp", _) => at.update(|at| *at = at.unwrap_or(0).checked_sub(1).or(Some(count - 1))),
                ("Enter" | "Tab", Some(offer)) => choose(&offer),
                ("Escape", _) => open.set(false),
                _ => return false,
            }
            true
        }
    };
    StoredValue::new_local(field::listen(SEARCH_ID, hear));
    // What assistive technology is told of the field.
    Effect::new(move || {
        let active = at.get().filter(|at| found.with(|found| *at < found.len())).map(option_id);
        field::set_attribute(SEARCH_ID, "aria-activedescendant", active.as_deref());
        let list = found.with(|found| (!found.is_empty()).then_some(LIST_ID));
        field::set_attribute(SEARCH_ID, "aria-controls", list);
    });
    on_cleanup(|| {
        field::set_attribute(SEARCH_ID, "aria-activedescendant", None);
        field::set_attribute(SEARCH_ID, "aria-controls", None);
    });
    let item = move |(number, offer): (usize, Offer)| {
        let words = offer.words.clone();
        // The focus stays in the field.
        let press = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            choose(&offer);
        };
        view! {
            <li id=option_id(number) role="option" aria-selected=move || (at.get() == Some(number)).to_string() on:mousedown=press>
                {words}
            </li>
        }
    };
    let is_open = Memo::new(move |_| open.get());
    // Asked once for all that is typed: the browser lays out the page to answer.
    let below = Memo::new(move |_| {
        moves.track();
        is_open.get().then(|| field::below(SEARCH_ID)).flatten()
    });
    move || {
        let offers = found.get();
        let (left, top, width) = below.get().filter(|_| !offers.is_empty())?;
        Some(view! {
            <ul
                class="offers"
                id=LIST_ID
                role="listbox"
                aria-label="What could follow"
                style:left=format!("{left}px")
                style:top=format!("{top}px")
                style:width=format!("{width}px")
            >
                {offers.into_iter().enumerate().map(item).collect_view()}
            </ul>
        })
    }
}

fn option_id(number: usize) -> String {
    format!("search-offer-{number}")
}
