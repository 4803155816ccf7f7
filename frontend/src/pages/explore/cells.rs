//! The cells of a group but for its name and its bar.

use leptos::prelude::*;
use model::chart::Level;
use model::explore::Kind;
use model::explore::sum::{Demand, Resource};
use model::explore::tree::Line;
use model::format;
use model::route::Location;

use super::behind;

/// How many, as the way to just these.
pub(super) fn count(kind: Kind, number: u64, terms: Option<&str>, here: &Location) -> AnyView {
    let number_words = format::count(number);
    match terms.filter(|_| number > 0) {
        None => number_words.into_any(),
        Some(terms) => {
            let href = behind::rows(here, Some(kind), terms).to_string();
            view! { <a class="link" href=href tabindex="-1">{number_words}</a> }.into_any()
        }
    }
}

/// How many of each kind fail, with the mark of what fails, as the way to just these.
pub(super) fn failing(kinds: &[Kind], line: &Line, terms: Option<&str>, here: &Location) -> AnyView {
    let of_kind = |kind: &Kind| {
        let (number, status) = line.sum.failing_of(*kind);
        (number > 0).then(|| {
            let words = format!("◆ {}", format::count(number));
            let title = format!("{} {} in trouble", format::count(number), kind.word());
            match terms {
                None => view! { <span class="bad" title=title>{words}</span> }.into_any(),
                Some(terms) => {
                    let terms = format!("{terms} {status}");
                    let href = behind::rows(here, Some(*kind), &terms).to_string();
                    view! { <a class="bad" href=href title=title tabindex="-1">{words}</a> }.into_any()
                }
            }
        })
    };
    let failing: Vec<AnyView> = kinds.iter().filter_map(of_kind).collect();
    if failing.is_empty() {
        return view! { <span class="mute">"0"</span> }.into_any();
    }
    let spaced = |(at, view): (usize, AnyView)| ((at > 0).then_some(" "), view);
    failing.into_iter().enumerate().map(spaced).collect_view().into_any()
}

/// Which version runs, or how many do as the way to just these.
pub(super) fn versions(line: &Line, terms: Option<&str>, here: &Location) -> AnyView {
    let words = line.versions.clone();
    match terms.filter(|_| line.version_count > 1) {
        None => words.into_any(),
        Some(terms) => {
            let href = behind::versions(here, terms).to_string();
            view! { <a class="link" href=href tabindex="-1">{words}</a> }.into_any()
        }
    }
}

/// What is used and requested: stripes are requests, the solid bar is usage, the whole is what may be used.
pub(super) fn demand(line: &Line, resource: Resource) -> AnyView {
    let demand = line.sum.demand(resource);
    let sentence = demand.sentence(resource);
    let level = demand.share().map_or("", |share| Level::of(share).class());
    let part = |amount: u64| format!("{}%", format::percents(amount as f64 / demand.most.max(1) as f64).min(100));
    let used = demand.used.map(|used| view! { <i style:width=part(used)></i> });
    view! {
        <span class=format!("usage demand {level}") title=sentence>
            <i>
                <i class="hatched" style:width=part(demand.requested)></i>
                {used}
            </i>
            <span>{words(&demand, resource)}</span>
        </span>
    }
    .into_any()
}

/// The share, or what there is to say without one.
fn words(demand: &Demand, resource: Resource) -> String {
    match (demand.share(), demand.used) {
        (Some(share), _) => format!("{} %", format::percents(share)),
        (None, Some(used)) if used > 0 => resource.words(used),
        (None, Some(_)) => format::NONE.to_owned(),
        (None, None) if demand.expected == 0 => format::NONE.to_owned(),
        (None, None) => "no data".to_owned(),
    }
}
