//! What stands in the rows in the page: only cells that have changed are made anew, in place, so that their bars glide where they are of the same object.

use std::mem;

use leptos::prelude::*;
use leptos::tachys::renderer::types::Element;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};

use super::rows::{InPage, replace};
use crate::web::marks;
use crate::web::row::RowElement;
use model::table::Key;
use model::table::cell::{Cell, Line};
use model::table::column::Column;
use model::table::marked::Marked;
use model::table::window::Window;

/// What the rows show.
pub(super) struct Look<'a> {
    pub window: &'a Window,
    /// The columns that are shown, each with its place in a line.
    pub columns: Vec<(usize, Column)>,
    /// The row that the keyboard is on.
    pub active: Option<Key>,
    /// The rows that are marked, where some can be.
    pub marked: Option<&'a Marked>,
    /// Ages are told from here, in seconds since the epoch.
    pub now_s: i64,
    /// How many rows of the window are above what is seen.
    pub above: usize,
    /// The namespaces that links keep.
    pub scope: Vec<String>,
}

/// The rows that are in the page.
pub(super) struct Body {
    cell: fn(&Cell, i64) -> AnyView,
    rows: InPage<Row>,
    columns: Vec<(usize, Column)>,
    scope: Vec<String>,
    beside: Beside,
    /// Whether it has told that it has rows.
    has_told: bool,
}

/// What is kept of a row.
#[derive(Default)]
struct Row {
    of: Option<Key>,
    /// What it was made with; while it waited, it may have changed more than once.
    beside: Beside,
    is_active: bool,
    is_marked: Option<bool>,
    cells: Vec<(Cell, AnyViewState)>,
}

/// What rows are made with beside their lines.
#[derive(Clone, Copy, Default)]
struct Beside {
    /// Counts the choices of columns.
    columns: u32,
    /// Counts the namespaces that links keep.
    scopes: u32,
    now_s: i64,
}

impl Body {
    pub(super) fn new(cell: fn(&Cell, i64) -> AnyView) -> Self {
        Self {
            cell,
            rows: InPage::default(),
            columns: Vec::new(),
            scope: Vec::new(),
            beside: Beside::default(),
            has_told: false,
        }
    }

    /// Shows the rows in `place`, before its last element; returns whether some wait for the next frame.
    pub(super) fn show(&mut self, place: &Element, look: Look) -> bool {
        if self.columns != look.columns {
            self.beside.columns += 1;
            self.columns.clone_from(&look.columns);
        }
        if self.scope != look.scope {
            self.beside.scopes += 1;
            self.scope.clone_from(&look.scope);
        }
        self.beside.now_s = look.now_s;
        let (cell, beside, first) = (self.cell, self.beside, look.window.first);
        let lines: Vec<_> = look.window.rows.iter().map(|line| (line.key, line)).collect();
        let wait = self.rows.show(place, first, &lines, look.above, |element, row, line| {
            let mut row = row.unwrap_or_default();
            let is_marked = look.marked.map(|marked| marked.contains(line.key));
            row.mark(element, look.active == Some(line.key), is_marked);
            row.fill(element, line, &look, beside, cell);
            row
        });
        if !lines.is_empty() && !mem::replace(&mut self.has_told, true) {
            marks::once("pilothouse:first-rows");
        }
        wait
    }
}

impl Row {
    fn mark(&mut self, element: &RowElement, is_active: bool, is_marked: Option<bool>) {
        if (self.is_active, self.is_marked) == (is_active, is_marked) {
            return;
        }
        (self.is_active, self.is_marked) = (is_active, is_marked);
        let class = match (is_active, is_marked) {
            (true, Some(true)) => "active marked",
            (true, _) => "active",
            (false, Some(true)) => "marked",
            (false, _) => "",
        };
        element.set_class(class);
        if let Some(is_marked) = is_marked {
            element.set("aria-selected", if is_marked { "true" } else { "false" });
        }
    }

    fn fill(
        &mut self,
        element: &RowElement,
        line: &Line,
        look: &Look,
        beside: Beside,
        cell: fn(&Cell, i64) -> AnyView,
    ) {
        let before = mem::replace(&mut self.beside, beside);
        let (links_changed, ages_changed) = (before.scopes != beside.scopes, before.now_s != beside.now_s);
        if before.columns != beside.columns {
            for (_, mut view) in mem::take(&mut self.cells) {
                view.unmount();
            }
        }
        let is_another = self.of.replace(line.key).is_some_and(|of| of != line.key);
        for (at, (place, column)) in look.columns.iter().enumerate() {
            let now = line.cells.get(*place).unwrap_or(&Cell::Nothing);
            // Without a title there is none to take away either, which costs a call for each cell.
            let view = || {
                let inside = cell(now, look.now_s);
                match now.whole() {
                    None => view! { <td role="gridcell" class:num=column.numeric>{inside}</td> }.into_any(),
                    whole => {
                        view! { <td role="gridcell" class:num=column.numeric title=whole>{inside}</td> }.into_any()
                    }
                }
            };
            match self.cells.get_mut(at) {
                Some((then, _)) if then == now && !(ages_changed && now.ticks()) && !(links_changed && now.leads()) => {
                }
                Some((then, shown)) => {
                    if is_another && now.glides() {
                        replace(shown, view());
                    } else {
                        view().rebuild(shown);
                    }
                    then.clone_from(now);
                }
                None => {
                    let mut shown = view().build();
                    element.push(&mut shown);
                    self.cells.push((now.clone(), shown));
                }
            }
        }
    }
}
