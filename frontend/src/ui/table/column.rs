//! The columns of a table and their heads.

use leptos::prelude::*;
use model::route::Sort;
use model::table::sort::{pressed, word};

/// One column of rows of `R`.
#[derive(Debug)]
pub struct Column<R: Send + Sync + 'static> {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its head.
    pub title: &'static str,
    /// The width that it has at least.
    pub width_px: u32,
    /// Numbers stand to the right.
    pub numeric: bool,
    /// Whether rows can be sorted by it.
    pub sorts: bool,
    /// The view of a cell; the row in the signal changes in place, and is none for a moment at most.
    pub cell: fn(Memo<Option<R>>) -> AnyView,
}

/// The heads; those of columns that sort are buttons.
#[component]
pub(super) fn Head<R: Send + Sync + 'static>(
    columns: &'static [Column<R>],
    sort: Signal<Option<Sort>>,
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let heads = columns.iter().map(|column| {
        let (id, title) = (column.id, column.title);
        let order = column.sorts.then_some(move || sort.with(|now| word(id, now.as_ref())));
        let press = move |_| on_sort.run(sort.with_untracked(|now| pressed(id, now.as_ref())));
        let content = if column.sorts {
            view! { <button class="sort" on:click=press>{title}</button> }.into_any()
        } else {
            title.into_any()
        };
        view! {
            <th role="columnheader" scope="col" class:num=column.numeric aria-sort=order style:width=format!("{}px", column.width_px)>
                {content}
            </th>
        }
    });
    view! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">{heads.collect_view()}</tr>
        </thead>
    }
}
