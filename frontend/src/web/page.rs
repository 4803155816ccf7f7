//! The page: whether it is seen, its events, its focus.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// A listener that is removed when it is dropped.
pub struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

/// A key that was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As `KeyboardEvent.key`.
    pub key: String,
    /// Control, or Command on a Mac.
    pub control: bool,
    /// Whether the focus is where text is typed.
    pub typing: bool,
}

impl Listener {
    pub(super) fn new(
        target: impl Into<web_sys::EventTarget>,
        event: &'static str,
        callback: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(callback);
        let target = target.into();
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self { target, event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
    }
}

/// Whether the tab is seen.
pub fn is_visible() -> bool {
    document().is_none_or(|d| !d.hidden())
}

/// Calls back when the tab is seen again or hidden.
pub fn on_visibility(mut callback: impl FnMut(bool) + 'static) -> Option<Listener> {
    Some(Listener::new(document()?, "visibilitychange", move |_| callback(is_visible())))
}

/// Calls back for each key, wherever the focus is. A `true` keeps the browser from acting on it.
pub fn on_key(mut callback: impl FnMut(&Key) -> bool + 'static) -> Option<Listener> {
    Some(Listener::new(document()?, "keydown", move |event| {
        let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
        let typing = event
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|e| matches!(&*e.tag_name(), "INPUT" | "TEXTAREA" | "SELECT"));
        let pressed = Key { key: key.key(), control: key.ctrl_key() || key.meta_key(), typing };
        if callback(&pressed) {
            event.prevent_default();
        }
    }))
}

/// The path of a URL that may be relative to the page.
pub fn path_of(url: &str) -> String {
    let page = web_sys::window().and_then(|w| w.location().href().ok()).unwrap_or_default();
    web_sys::Url::new_with_base(url, &page).map(|url| url.pathname()).unwrap_or_default()
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Puts the focus on an element.
pub fn focus(id: &str) {
    let element = document().and_then(|d| d.get_element_by_id(id));
    if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}
