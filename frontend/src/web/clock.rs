//! The browser's clocks.

use std::cell::OnceCell;

/// Milliseconds since the page began; only goes forward, and stands still while a machine sleeps on Linux and macOS.
pub fn now_ms() -> f64 {
    thread_local! {
        static PERFORMANCE: OnceCell<Option<web_sys::Performance>> = const { OnceCell::new() };
    }
    PERFORMANCE.with(|p| {
        p.get_or_init(|| web_sys::window().and_then(|w| w.performance()))
            .as_ref()
            .map_or(0.0, web_sys::Performance::now)
    })
}

/// Milliseconds since the epoch, by the user's clock.
pub fn epoch_ms() -> f64 {
    js_sys::Date::now()
}

/// Seconds since the epoch, by the user's clock.
pub fn epoch_s() -> i64 {
    // A float cast saturates.
    (epoch_ms() / 1000.0) as i64
}

/// A random number in 0..1, for jitter only.
pub fn random() -> f64 {
    js_sys::Math::random()
}
