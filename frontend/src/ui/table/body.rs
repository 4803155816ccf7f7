//! The rows in the page as elements. Each is made once and moves with its object; only cells that have changed are made
//! anew, in place, so that their bars glide.
//!
//! No row has signals: it would read the table's, which never forget who has read them (`ui::passing`).

use std::mem;

use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};

use crate::web::marks;
use crate::web::row::{RowElement, arrange};
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
    /// The namespaces that links keep.
    pub scope: Vec<String>,
}

/// The rows that are in the page.
pub(super) struct Body {
    cell: fn(&Cell, i64) -> AnyView,
    rows: Vec<Row>,
    columns: Vec<(usize, Column)>,
    scope: Vec<String>,
    now_s: i64,
}

struct Row {
    key: Key,
    element: RowElement,
    at: Option<usize>,
    is_active: bool,
    is_marked: Option<bool>,
    cells: Vec<(Cell, AnyViewState)>,
}

/// What has changed beside the lines.
struct Changed {
    columns: bool,
    links: bool,
    ages: bool,
}

impl Body {
    pub(super) fn new(cell: fn(&Cell, i64) -> AnyView) -> Self {
        Self { cell, rows: Vec::new(), columns: Vec::new(), scope: Vec::new(), now_s: 0 }
    }

    /// Shows the rows in `place`, before its last element.
    pub(super) fn show(&mut self, place: &leptos::tachys::renderer::types::Element, look: Look) {
        let changed = Changed {
            columns: self.columns != look.columns,
            links: self.scope != look.scope,
            ages: self.now_s != look.now_s,
        };
        let mut gone = mem::take(&mut self.rows);
        let were_none = gone.is_empty();
        let lines = || (look.window.first..).zip(&look.window.rows);
        for (at, line) in lines() {
            let row = match gone.iter().position(|row| row.key == line.key) {
                Some(at) => Some(gone.swap_remove(at)),
                None => Row::new(line.key),
            };
            let Some(mut row) = row else { continue };
            row.stand(at);
            row.mark(look.active == Some(line.key), look.marked.map(|marked| marked.contains(line.key)));
            row.fill(line, &look, &changed, self.cell);
            self.rows.push(row);
        }
        drop(gone);
        arrange(place, self.rows.iter().map(|row| &row.element));
        if were_none && !self.rows.is_empty() {
            marks::once("pilothouse:first-rows");
        }
        (self.columns, self.scope, self.now_s) = (look.columns, look.scope, look.now_s);
    }
}

impl Row {
    fn new(key: Key) -> Option<Self> {
        let element = RowElement::new()?;
        Some(Self { key, element, at: None, is_active: false, is_marked: None, cells: Vec::new() })
    }

    fn stand(&mut self, at: usize) {
        if self.at.replace(at) != Some(at) {
            self.element.stand(at);
        }
    }

    fn mark(&mut self, is_active: bool, is_marked: Option<bool>) {
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
        self.element.set_class(class);
        if let Some(is_marked) = is_marked {
            self.element.set_selected(is_marked);
        }
    }

    fn fill(&mut self, line: &Line, look: &Look, changed: &Changed, cell: fn(&Cell, i64) -> AnyView) {
        if changed.columns {
            for (_, mut view) in self.cells.drain(..) {
                view.unmount();
            }
        }
        for (at, (place, column)) in look.columns.iter().enumerate() {
            let now = line.cells.get(*place).unwrap_or(&Cell::Nothing);
            let view = || {
                view! { <td role="gridcell" class:num=column.numeric title=now.whole()>{cell(now, look.now_s)}</td> }
                    .into_any()
            };
            match self.cells.get_mut(at) {
                Some((then, _)) if then == now && !(changed.ages && now.ticks()) && !(changed.links && now.leads()) => {
                }
                Some((then, shown)) => {
                    view().rebuild(shown);
                    then.clone_from(now);
                }
                None => {
                    let mut shown = view().build();
                    self.element.push(&mut shown);
                    self.cells.push((now.clone(), shown));
                }
            }
        }
    }
}
