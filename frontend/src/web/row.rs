//! Rows of a table as elements.

use std::cell::Cell;

use leptos::prelude::document;
use leptos::tachys::view::Mountable;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// What the ids of rows begin with.
const ID: &str = "row-";
/// What a row has that shows what is old.
const WAITS: &str = "aria-busy";

/// The element of a row; it leaves the page when it is dropped.
pub struct RowElement {
    element: Element,
    at: Cell<Option<usize>>,
    /// Whether what it shows is old.
    waits: Cell<bool>,
}

impl RowElement {
    /// None where the document makes no elements.
    pub fn new() -> Option<Self> {
        let element = document().create_element("tr").ok()?;
        let row = Self { element, at: Cell::default(), waits: Cell::default() };
        row.set("role", "row");
        Some(row)
    }

    /// Tells at which place of the table it is, and whether what it shows there is old: then it is no row that could be pressed.
    pub fn stand(&self, at: usize, waits: bool) {
        if self.at.replace(Some(at)) != Some(at) {
            self.element.set_id(&row_id(at));
            // The head is the first one.
            self.set("aria-rowindex", &(at + 2).to_string());
        }
        match (self.waits.replace(waits), waits) {
            (false, true) => self.set(WAITS, "true"),
            (true, false) => self.unset(WAITS),
            _ => {}
        }
    }

    /// Sets its classes.
    pub fn set_class(&self, class: &str) {
        self.element.set_class_name(class);
    }

    /// Takes an attribute away.
    pub fn unset(&self, name: &'static str) {
        // It fails for no name.
        let _ = self.element.remove_attribute(name);
    }

    /// Puts a part after the others.
    pub fn push(&self, part: &mut impl Mountable) {
        part.mount(&self.element, None);
    }

    /// Sets an attribute.
    pub fn set(&self, name: &'static str, value: &str) {
        // It fails only for a name that is none.
        let _ = self.element.set_attribute(name, value);
    }
}

impl Drop for RowElement {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// Puts rows before the last element of their place, in this order. What stands right is not touched.
pub fn arrange<'a>(place: &Element, rows: impl DoubleEndedIterator<Item = &'a RowElement>) {
    let mut next = place.last_element_child();
    for RowElement { element: row, .. } in rows.rev() {
        if row.parent_element().is_none() || row.next_element_sibling() != next {
            // It fails only if `next` was taken away by somebody else.
            let _ = place.insert_before(row, next.as_deref());
        }
        next = Some(row.clone());
    }
}

/// The id of the row at a place of the table.
pub fn row_id(at: usize) -> String {
    format!("{ID}{at}")
}

/// The place of the row in which something happened; nothing where it shows what is old.
pub fn row_of(event: &Event) -> Option<usize> {
    let row = event.target()?.dyn_into::<Element>().ok()?.closest("tr").ok()??;
    if row.has_attribute(WAITS) {
        return None;
    }
    row.id().strip_prefix(ID)?.parse().ok()
}

/// The name of the part of a row in which something happened, where it has one.
pub fn part_of(event: &Event) -> Option<String> {
    event.target()?.dyn_into::<Element>().ok()?.get_attribute("data-part")
}
