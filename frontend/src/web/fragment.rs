//! The URL's fragment: the whole shareable state of what is looked at.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use super::timer::Timeout;

/// How long what is typed rests before the address follows it.
const REST_MS: f64 = 200.0;

thread_local! {
    /// What the address follows.
    static SOON: RefCell<Option<(String, Timeout)>> = const { RefCell::new(None) };
}

/// The fragment without its `#`.
pub fn read() -> String {
    let hash = web_sys::window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Goes to a fragment, as a link would: one more step in the history.
pub fn go(fragment: &str) {
    settle();
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(fragment);
    }
}

/// Puts a fragment in the place of the current one: no step in the history, and no `hashchange`.
pub fn replace(fragment: &str) {
    // What was to come is older.
    SOON.take();
    let Some(window) = web_sys::window() else { return };
    let Ok(history) = window.history() else { return };
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("#{fragment}")));
}

/// The same as soon as no other comes for a while, and before the page is left: each takes the browser milliseconds, and it takes
/// only so many in a time.
pub fn replace_soon(fragment: String) {
    SOON.set(Some((fragment, Timeout::new(REST_MS, settle))));
}

fn settle() {
    if let Some((fragment, _)) = SOON.take() {
        replace(&fragment);
    }
}

/// Calls back for as long as the page lives whenever the fragment changes.
pub fn on_change(mut callback: impl FnMut(String) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let changed = Closure::<dyn FnMut()>::new(move || {
        // Of the place that was left.
        SOON.take();
        callback(read());
    });
    let _ = window.add_event_listener_with_callback("hashchange", changed.as_ref().unchecked_ref());
    changed.forget();
    let leaves = Closure::<dyn FnMut()>::new(settle);
    for event in ["click", "pagehide"] {
        // Before a link is followed.
        let _ = window.add_event_listener_with_callback_and_bool(event, leaves.as_ref().unchecked_ref(), true);
    }
    leaves.forget();
}
