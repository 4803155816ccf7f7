//! A field that somebody else has put into the page: what is typed there, and what assistive technology is told of it.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};

use super::page::Listener;

/// Listens to a field for as long as it lives.
pub struct FieldListener(#[expect(dead_code, reason = "they end with it")] Vec<Listener>);

/// What happens in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something was typed.
    Typed,
    /// A key was pressed, as `KeyboardEvent.key`.
    Pressed(String),
    /// The focus has left.
    Left,
    /// The page has another size, and it may stand elsewhere.
    Moved,
}

/// Listens to the field of this id. A `true` keeps the browser from acting on a key.
pub fn listen(id: &str, heard: impl Fn(Heard) -> bool + Clone + 'static) -> Option<FieldListener> {
    let field = field(id)?;
    let (typed, left, moved) = (heard.clone(), heard.clone(), heard.clone());
    let resized = web_sys::window().map(|window| {
        Listener::new(window, "resize", move |_| {
            moved(Heard::Moved);
        })
    });
    let press = move |event: Event| {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        if key.is_some_and(|key| heard(Heard::Pressed(key))) {
            event.prevent_default();
        }
    };
    let heard = [
        Listener::new(field.clone(), "keydown", press),
        Listener::new(field.clone(), "input", move |_| {
            typed(Heard::Typed);
        }),
        Listener::new(field, "blur", move |_| {
            left(Heard::Left);
        }),
    ];
    Some(FieldListener(heard.into_iter().chain(resized).collect()))
}

/// Whether the caret of a field stands at its end.
pub fn caret_is_at_end(id: &str) -> bool {
    let Some(field) = field(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return false };
    let length = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
    field.selection_start().ok().flatten().is_none_or(|caret| caret >= length)
}

/// The place below a field, in pixels of the window: left, top and width.
pub fn below(id: &str) -> Option<(f64, f64, f64)> {
    let rect = field(id)?.get_bounding_client_rect();
    Some((rect.left(), rect.bottom(), rect.width()))
}

/// Sets an attribute of a field, or takes it away.
pub fn set_attribute(id: &str, name: &str, value: Option<&str>) {
    if let Some(field) = field(id) {
        // It fails only for a name that is none.
        let _ = match value {
            Some(value) => field.set_attribute(name, value),
            None => field.remove_attribute(name),
        };
    }
}

fn field(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}
