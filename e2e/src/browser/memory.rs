//! What the page holds in memory.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Browser;

/// The two heaps of a page.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    /// The memory of the WebAssembly module, in bytes; it never shrinks.
    pub wasm_bytes: u64,
    /// What scripts hold after a collection, in bytes.
    pub script_bytes: u64,
}

/// Keeps a hand on the memory of the module that a page starts.
const WATCH_MEMORY: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
        const made = await own.apply(WebAssembly, args);
        window.wasmMemory ??= (made.instance ?? made).exports?.memory;
        return made;
    };
}";

impl Browser {
    /// Makes [`Browser::heap`] work for pages that are opened from now on.
    pub async fn watch_memory(&self) -> Result<()> {
        self.before_each_page(WATCH_MEMORY).await
    }

    /// Collects garbage and tells what is left.
    pub async fn heap(&self) -> Result<Heap> {
        self.cdp("HeapProfiler.collectGarbage", json!({})).await?;
        let usage = self.cdp("Runtime.getHeapUsage", json!({})).await?;
        let wasm = self.script("return window.wasmMemory?.buffer.byteLength", Vec::new()).await?;
        // Sizes come as numbers of a script, with a point if need be.
        let whole = |number: &Value, of: &str| {
            number.as_f64().map(|bytes| bytes as u64).with_context(|| format!("no size of {of}"))
        };
        Ok(Heap { wasm_bytes: whole(&wasm, "the module")?, script_bytes: whole(&usage["usedSize"], "the scripts")? })
    }
}
