//! The page of a table: how many of how many, what the filter does not understand, and the table with its four faces.

use std::ops::Range;

use leptos::prelude::*;
use model::explore::{Key, Kind, Question};
use model::filter::Filter;
use model::format;
use model::route::{Page, Sort};
use model::store::Store;
use model::store::rows::{RowNumber, Uid};
use model::table::cell::Line;
use model::table::choice;
use model::table::column::Column;
use model::table::marked::Marked;
use model::table::window::present;

use super::cells::cell;
use super::completion::Completion;
use super::yaml_of_rows::YamlButton;
use crate::app::use_place;
use crate::live::Cluster;
use crate::ui::card::{Face, FaceView, StaleNotice};
use crate::ui::notice::{Notice, Weight};
use crate::ui::table::{Rows, Table};
use crate::ui::table_tools::TableTools;

/// The filter of the place, as a signal.
pub fn use_filter() -> Memo<Filter> {
    let place = use_place();
    let query = Memo::new(move |_| place.with(|l| l.view.query.clone()));
    let filter = Memo::new(move |_| Filter::parse(&query.get()));
    let cluster: Cluster = expect_context();
    let wanted = Memo::new(move |_| {
        let (kinds, by) = place.with(|l| match l.page {
            Page::Explore => {
                let question = Question::read(&l.view);
                (question.kinds, question.by)
            }
            Page::Pods => (vec![Kind::Pods], Vec::new()),
            Page::Nodes => (vec![Kind::Nodes], Vec::new()),
            Page::Services => (vec![Kind::Services], Vec::new()),
            Page::Workloads => (vec![Kind::Workloads], Vec::new()),
            _ => <_>::default(),
        });
        let mut keys: Vec<String> = filter.with(|filter| filter.annotations().map(str::to_owned).collect());
        keys.extend(by.into_iter().filter_map(|key| if let Key::Annotation(key) = key { Some(key) } else { None }));
        (keys, kinds)
    });
    Effect::new(move || wanted.with(|(keys, kinds)| cluster.want_annotations(keys, kinds)));
    filter
}

/// The order of the place, as a signal.
pub fn use_sort() -> Memo<Option<Sort>> {
    let place = use_place();
    Memo::new(move |_| place.with(|l| l.view.sort.clone()))
}

/// The namespaces of the place, as a signal.
pub fn use_namespaces() -> Memo<Vec<String>> {
    let place = use_place();
    Memo::new(move |_| place.with(|l| l.view.namespaces.clone()))
}

/// The rows of these numbers; `line` may read signals, and a row opens the page it leads to.
///
/// `uid` is what a row is known by: who selects all of them, or counts those that are, needs nothing else of a row.
pub fn kept_rows(
    numbers: Memo<Vec<RowNumber>>,
    uid: fn(&Store, RowNumber) -> Option<Uid>,
    line: impl Fn(RowNumber) -> Option<Line> + Send + Sync + 'static,
) -> Rows {
    let place = use_place();
    let cluster: Cluster = expect_context();
    let line = Callback::new(line);
    let now_s = cluster.now_s();
    let of = move |range: Range<usize>| {
        let some = numbers.with(|numbers| numbers.get(present(range, numbers.len())).unwrap_or_default().to_vec());
        some.into_iter().filter_map(|number| line.run(number)).collect::<Vec<_>>()
    };
    let order = move |()| {
        let keyed = |store: &Store| {
            let key = |number: &RowNumber| Some((*number, uid(store, *number)?.into()));
            numbers.with(|numbers| numbers.iter().filter_map(key).collect::<Vec<_>>())
        };
        cluster.store(keyed)
    };
    Rows {
        count: Signal::derive(move || numbers.with(Vec::len)),
        of: Callback::new(of),
        order: Callback::new(order),
        line,
        cell,
        now_s: now_s.into(),
        scope: use_namespaces(),
        open: Callback::new(move |page| place.go(&place.now(|l| l.with_page(page)))),
    }
}

/// A table page.
#[component]
pub fn Listing(
    /// The kind, in the plural and with a capital.
    title: &'static str,
    /// The columns.
    columns: &'static [Column],
    /// The rows that the filter leaves.
    rows: Rows,
    /// How many there are without the filter.
    all: Memo<usize>,
    /// The face while all is well with the list.
    #[prop(into)]
    face: Signal<Face>,
    /// Tries the list again.
    #[prop(into)]
    retry: Callback<()>,
    /// What stands above the table, if anything.
    #[prop(optional, into)]
    above: ViewFn,
) -> impl IntoView {
    let place = use_place();
    let filter = use_filter();
    let sort = use_sort();
    // While there are rows they are shown, even when the list is still coming or has broken off.
    let full = Memo::new(move |_| rows.count.get() > 0);
    // What is shown may be a part of a list that is on its way, or was stopped.
    let whole = Memo::new(move |_| face.with(Face::shows_contents) || all.get() == 0);
    let face = Signal::derive(move || match face.get() {
        Face::Full if all.get() > 0 => Face::Empty {
            why: format!("None of {} matches.", format::count(all.get() as u64)),
            next: "Clear or widen the filter and the namespaces in the bar above.".into(),
        },
        face => face,
    });
    let counts = move || {
        let (shown, all) = (rows.count.get() as u64, all.get() as u64);
        let so_far = if whole.get() { "" } else { " so far" };
        if all == 0 && !face.with(|face| face.shows_contents() || matches!(face, Face::Empty { .. })) {
            // Not known, which is not none.
            String::new()
        } else if shown == all {
            format!("{}{so_far}", format::count(all))
        } else {
            format!("{} of {}{so_far}", format::count(shown), format::count(all))
        }
    };
    let problems =
        move || filter.with(|f| f.problems.iter().map(|p| p.reason.to_string()).collect::<Vec<_>>().join("; "));
    let shown = Memo::new(move |_| place.with(|l| choice::shown(columns, &l.view)));
    let on_shown =
        Callback::new(move |places: Vec<usize>| place.replace(place.now(|l| choice::with_shown(l, columns, &places))));
    let (marked, said) = (RwSignal::new(Marked::default()), RwSignal::new(String::new()));
    // An event's row names what it is about, and is not that.
    let named = columns.first().is_some_and(|first| first.id == "name");
    let more = ViewFn::from(move || named.then(|| view! { <YamlButton title rows marked said /> }));
    let sorted = Callback::new(move |sort: Sort| place.replace(place.now(|l| l.clone().with_sort(Some(sort)))));
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            <span class="mute" role="status" aria-label="Rows shown">{counts}</span>
            <Show when=move || place.with(|l| !l.view.query.is_empty())>
                <button class="button" on:click=move |_| place.replace(place.now(|l| l.clone().with_query("")))>"Clear the filter"</button>
            </Show>
            <Show when=move || filter.with(|f| !f.problems.is_empty())>
                <span class="state warn" role="alert">{problems}</span>
            </Show>
            <TableTools title columns shown on_shown rows marked said more />
        </div>
        <Completion />
        {move || above.run()}
        <section class="card table-card">
            <StaleNotice face retry=Some(retry) />
            <Show when=move || full.get() fallback=move || view! { <FaceView face retry=Some(retry) /> }>
                <Table label=title columns rows=rows sort on_sort=sorted shown marked />
            </Show>
        </section>
    }
}

/// What a user sees who may not list all namespaces.
#[component]
pub fn RestrictedNotice() -> impl IntoView {
    let lists: crate::live::lists::Lists = expect_context();
    let denied = Memo::new({
        let lists = lists.clone();
        move |_| lists.denied()
    });
    let restricted = Memo::new(move |_| lists.restricted());
    move || {
        restricted.get().map(|restricted| {
            let shown = restricted.namespaces.join(", ");
            let said = restricted.failure.server_words().unwrap_or_default().to_owned();
            view! {
                <Notice weight=Weight::Note>
                    "You may not list the pods of all namespaces, so only those of "<b>{shown}</b>
                    " are shown. Name others under Namespaces above. "<span class="mute">{said}{denied}</span>
                </Notice>
            }
        })
    }
}
