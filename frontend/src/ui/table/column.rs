//! The heads of a table's columns.

use leptos::prelude::*;
use model::route::Sort;
use model::table::column::Column;
use model::table::sort::{pressed, word};

/// The heads: buttons that sort.
#[component]
pub(crate) fn Head(
    #[prop(into)] columns: Vec<Column>,
    sort: Signal<Option<Sort>>,
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let heads = columns.into_iter().map(|column| {
        let Column { id, title, width_px, numeric, .. } = column;
        let order = move || sort.with(|now| word(id, now.as_ref()));
        let press = move |_| on_sort.run(sort.with_untracked(|now| pressed(id, now.as_ref())));
        view! {
            <th role="columnheader" scope="col" class:num=numeric aria-sort=order style:width=format!("{width_px}px")>
                <button class="sort" on:click=press>{title}</button>
            </th>
        }
    });
    view! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">{heads.collect_view()}</tr>
        </thead>
    }
}
