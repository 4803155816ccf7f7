//! The columns of a table and the order of its rows.

use leptos::prelude::*;
use model::route::Sort;

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

/// The order that a press on the head of `column` asks for: first up, then down.
pub fn pressed(column: &str, now: Option<&Sort>) -> Sort {
    let descending = now.is_some_and(|now| now.column == column && !now.descending);
    Sort { column: column.to_owned(), descending }
}

/// What assistive technology calls this order, seen from the head of `column`.
fn word(column: &str, now: Option<&Sort>) -> &'static str {
    match now.filter(|now| now.column == column) {
        None => "none",
        Some(Sort { descending: false, .. }) => "ascending",
        Some(Sort { descending: true, .. }) => "descending",
    }
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

#[cfg(test)]
mod tests {
    use super::Sort;

    #[test]
    fn a_head_sorts_up_first_and_down_when_pressed_again() {
        let up = Sort { column: "age".into(), descending: false };
        let down = Sort { column: "age".into(), descending: true };
        assert_eq!(pressed("age", None), up);
        assert_eq!(pressed("age", Some(&up)), down);
        assert_eq!(pressed("age", Some(&down)), up);
        assert_eq!(pressed("age", Some(&Sort { column: "name".into(), descending: false })), up);
        assert_eq!(word("age", Some(&down)), "descending");
        assert_eq!(word("name", Some(&down)), "none");
    }
}
