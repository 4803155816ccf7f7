//! The URL's fragment: the whole shareable state of what is looked at.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// The fragment without its `#`.
pub fn read() -> String {
    let hash = web_sys::window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Goes to a fragment, as a link would: one more step in the history.
pub fn go(fragment: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(fragment);
    }
}

/// Puts a fragment in the place of the current one: no step in the history, and no `hashchange`.
pub fn replace(fragment: &str) {
    let Some(window) = web_sys::window() else { return };
    let Ok(history) = window.history() else { return };
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("#{fragment}")));
}

/// Calls back for as long as the page lives whenever the fragment changes.
pub fn on_change(mut callback: impl FnMut(String) + 'static) {
    let closure = Closure::<dyn FnMut()>::new(move || callback(read()));
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("hashchange", closure.as_ref().unchecked_ref());
    }
    closure.forget();
}
