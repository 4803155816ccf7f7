//! The rows of a table that are in the page, as elements. Each moves with its object. New ones are made a few a frame, those in
//! sight first, since all at once would be one long frame; until then what went stands in their places, and says that it is old.
//! The element of what went is filled anew for what came: taking it out of the page and laying out another one costs more.
//!
//! No row has signals: it would read the table's, which never forget who has read them (`ui::passing`).

use std::mem;

use leptos::prelude::AnyView;
use leptos::tachys::renderer::types::Element;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use model::table::Key;
use model::table::window::{by_turn, makes_one_more};

use crate::web::clock::now_ms;
use crate::web::row::{RowElement, arrange};

/// The rows; `T` is what is kept of one.
pub(crate) struct InPage<T>(Vec<Row<T>>);

struct Row<T> {
    element: RowElement,
    /// What it shows, which is old while it waits; nothing where it only keeps a place.
    shown: Option<(Key, T)>,
}

impl<T> Default for InPage<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> InPage<T> {
    /// Shows `lines`, of which the first is at the place `first` of the table, before the last element of `body`; so many of them
    /// are above what is seen. `fill` brings a row up to date
    /// from what was kept of it, or of another one whose element it has; of a new one that is nothing. Returns whether rows wait
    /// for the next frame.
    pub(crate) fn show<L>(
        &mut self,
        body: &Element,
        first: usize,
        lines: &[(Key, L)],
        above: usize,
        mut fill: impl FnMut(&RowElement, Option<T>, &L) -> T,
    ) -> bool {
        let mut gone: Vec<_> = mem::take(&mut self.0).into_iter().map(Some).collect();
        let own = |(key, _): &(Key, L)| {
            let is_it = |row: &&mut Option<Row<T>>| row.as_ref().is_some_and(|row| row.is_of(*key));
            gone.iter_mut().find(is_it)?.take()
        };
        let mut rows: Vec<_> = lines.iter().map(own).collect();
        let there: Vec<bool> = rows.iter().map(Option::is_some).collect();
        // What went stays where it is, if it can.
        for (row, old) in rows.iter_mut().zip(&mut gone).filter(|(row, _)| row.is_none()) {
            *row = old.take();
        }
        let mut rest = gone.into_iter().flatten();
        for row in rows.iter_mut().filter(|row| row.is_none()) {
            *row = rest.next().or_else(Row::new);
        }
        drop(rest);
        let (began_ms, mut made) = (now_ms(), 0);
        for at in by_turn(lines.len(), above) {
            if there.get(at) != Some(&true) {
                if !makes_one_more(made, now_ms() - began_ms) {
                    continue;
                }
                made += 1;
            }
            if let (Some(Some(row)), Some((key, line))) = (rows.get_mut(at), lines.get(at)) {
                let kept = row.shown.take().map(|(_, kept)| kept);
                row.shown = Some((*key, fill(&row.element, kept, line)));
            }
        }
        let mut some_wait = false;
        for (at, (row, (key, _))) in (first..).zip(rows.iter().zip(lines)) {
            if let Some(row) = row {
                let waits = !row.is_of(*key);
                row.element.stand(at, waits);
                some_wait |= waits;
            }
        }
        self.0 = rows.into_iter().flatten().collect();
        arrange(body, self.0.iter().map(|row| &row.element));
        some_wait
    }
}

impl<T> Row<T> {
    fn new() -> Option<Self> {
        Some(Self { element: RowElement::new()?, shown: None })
    }

    fn is_of(&self, key: Key) -> bool {
        self.shown.as_ref().is_some_and(|(of, _)| *of == key)
    }
}

/// Puts a view in the place of another one, so that nothing of it glides from the old values.
pub(crate) fn replace(shown: &mut AnyViewState, view: AnyView) {
    let mut fresh = view.build();
    shown.insert_before_this(&mut fresh);
    mem::replace(shown, fresh).unmount();
}
