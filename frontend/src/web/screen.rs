//! What is true of the screen and of elements on it, and when that changes.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MediaQueryList, MediaQueryListEvent, ResizeObserver};

/// Device pixels in a CSS pixel.
pub fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// A media query that holds for as long as the pixel ratio stays as it is.
///
/// In hundredths, between the two neighbours: formatting a float would cost 11 KB of code.
pub fn pixel_ratio_query() -> String {
    let hundredths = (pixel_ratio() * 100.0).round() as u32;
    let number = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let (least, most) = (number(hundredths.saturating_sub(1)), number(hundredths.saturating_add(1)));
    format!("(min-resolution: {least}dppx) and (max-resolution: {most}dppx)")
}

/// Tells when an element's size changes, until it is dropped.
#[derive(Debug)]
pub struct SizeWatch {
    observer: ResizeObserver,
    _on_change: Closure<dyn FnMut(JsValue)>,
}

impl SizeWatch {
    /// Calls `on_change` soon, and again after each change of `element`'s size.
    pub fn new(element: &Element, mut on_change: impl FnMut() + 'static) -> Option<Self> {
        let on_change = Closure::<dyn FnMut(JsValue)>::new(move |_| on_change());
        let observer = ResizeObserver::new(on_change.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _on_change: on_change })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells when the answer to a media query changes, until it is dropped.
#[derive(Debug)]
pub struct MediaWatch {
    query: MediaQueryList,
    on_change: Closure<dyn FnMut(MediaQueryListEvent)>,
}

impl MediaWatch {
    /// Calls `on_change` with each new answer to `query`.
    pub fn new(query: &str, mut on_change: impl FnMut(bool) + 'static) -> Option<Self> {
        let query = media(query)?;
        let on_change = Closure::<dyn FnMut(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
            on_change(event.matches());
        });
        query.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref()).ok()?;
        Some(Self { query, on_change })
    }
}

impl Drop for MediaWatch {
    fn drop(&mut self) {
        // It fails only where it was never added.
        let _ = self.query.remove_event_listener_with_callback("change", self.on_change.as_ref().unchecked_ref());
    }
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    media(query).is_some_and(|query| query.matches())
}

fn media(query: &str) -> Option<MediaQueryList> {
    web_sys::window()?.match_media(query).ok()?
}
