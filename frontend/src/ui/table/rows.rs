//! The rows of a table that are in the page, as elements. Each moves with its object. New ones are made a few a frame, those in
//! sight first, since all at once would be one long frame; until then what went stands in their places, and says that it is old.
//!
//! No row has signals: it would read the table's, which never forget who has read them (`ui::passing`).

use std::iter;
use std::mem;

use leptos::tachys::renderer::types::Element;
use model::table::Key;
use model::table::window::ROWS_A_FRAME;

use crate::web::row::{RowElement, arrange};

/// The rows; `T` is what is kept of one.
pub(crate) struct InPage<T>(Vec<Row<T>>);

struct Row<T> {
    element: RowElement,
    /// What it shows; nothing where it only keeps a place.
    shown: Option<(Key, T)>,
}

impl<T> Default for InPage<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> InPage<T> {
    /// Shows `lines` in `place`, before its last element; so many of them are above what is seen. `fill` brings a row up to date
    /// from what was kept of it, which of a new one is nothing. Returns whether rows wait for the next frame.
    pub(crate) fn show<L>(
        &mut self,
        place: &Element,
        lines: &[(Key, L)],
        above: usize,
        mut fill: impl FnMut(&RowElement, Option<T>, &L) -> T,
    ) -> bool {
        let mut gone = mem::take(&mut self.0);
        let own = |(key, _): &(Key, L)| {
            let at = gone.iter().position(|row| row.shown.as_ref().is_some_and(|(of, _)| of == key))?;
            Some(gone.remove(at))
        };
        let mut rows: Vec<Option<Row<T>>> = lines.iter().map(own).collect();
        let (out_of_sight, in_sight) = rows.split_at_mut(above.min(lines.len()));
        let (lines_out_of_sight, lines_in_sight) = lines.split_at(out_of_sight.len());
        let by_turn = in_sight.iter_mut().zip(lines_in_sight).chain(out_of_sight.iter_mut().zip(lines_out_of_sight));
        let mut left = ROWS_A_FRAME;
        for (row, (key, line)) in by_turn {
            if row.is_none() && left > 0 {
                left -= 1;
                *row = RowElement::new().map(|element| Row { element, shown: None });
            }
            if let Some(row) = row {
                let was = row.shown.take().map(|(_, kept)| kept);
                row.shown = Some((*key, fill(&row.element, was, line)));
            }
        }
        let lacking = rows.iter().filter(|row| row.is_none()).count();
        // The lowest keep their places longest: rows are made from the top.
        let old = gone.split_off(gone.len().saturating_sub(lacking));
        drop(gone);
        let mut keep = old.into_iter().map(|row| row.element).chain(iter::from_fn(RowElement::new));
        let kept = |row: Option<Row<T>>| row.or_else(|| Some(Row { element: keep.next()?, shown: None }.waiting()));
        self.0 = rows.into_iter().filter_map(kept).collect();
        arrange(place, self.0.iter().map(|row| &row.element));
        lacking > 0
    }
}

impl<T> Row<T> {
    fn waiting(self) -> Self {
        self.element.set("aria-busy", "true");
        self
    }
}
