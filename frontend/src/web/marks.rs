//! Milestones by the User Timing API, so that anyone can measure the app.

use wasm_bindgen::{JsCast, JsValue};

/// Sets a mark, unless there is one of this name; whether this was the first.
pub fn once(name: &str) -> bool {
    let Some(performance) = performance() else { return false };
    let first = performance.get_entries_by_name(name).length() == 0;
    if first {
        let _ = performance.mark(name);
    }
    first
}

/// Sets a mark with numbers beside it.
pub fn set(name: &str, detail: &[(&str, f64)]) {
    let Some(performance) = performance() else { return };
    let object = js_sys::Object::new();
    for (key, value) in detail {
        let _ = js_sys::Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_f64(*value));
    }
    // Only the newest of a name is kept: a tab that is open for days must not collect them.
    performance.clear_marks_with_mark_name(name);
    // web-sys keeps the form with a detail among its unstable APIs.
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &JsValue::from_str("detail"), &object);
    let mark = js_sys::Reflect::get(&performance, &JsValue::from_str("mark"));
    if let Ok(Ok(mark)) = mark.map(JsCast::dyn_into::<js_sys::Function>) {
        let _ = mark.call2(&performance, &JsValue::from_str(name), &options);
    }
}

fn performance() -> Option<web_sys::Performance> {
    web_sys::window()?.performance()
}
