//! How much memory the tab holds.

use js_sys::{ArrayBuffer, Reflect, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

/// The memory of the app itself, in bytes; it never shrinks.
pub fn wasm_bytes() -> u64 {
    let memory = wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>();
    memory.buffer().dyn_into::<ArrayBuffer>().map_or(0, |buffer| buffer.byte_length().into())
}

/// The memory of scripts, in bytes, where the browser tells.
pub fn script_bytes() -> Option<u64> {
    let window = web_sys::window()?;
    let field = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).ok();
    let memory = field(&field(&window, "performance")?, "memory")?;
    field(&memory, "usedJSHeapSize")?.as_f64().map(|bytes| bytes as u64)
}
