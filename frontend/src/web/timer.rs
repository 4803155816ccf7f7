//! Timers, frames and yields; each belongs to the value that is returned and ends with it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::clock::now_ms;

/// Calls back again and again until it is dropped.
pub struct Interval {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

/// Calls back once, unless it is dropped before.
pub struct Timeout {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl Interval {
    /// Every `ms` milliseconds.
    pub fn new(ms: i32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let id = web_sys::window().and_then(|w| {
            w.set_interval_with_callback_and_timeout_and_arguments_0(callback.as_ref().unchecked_ref(), ms).ok()
        });
        Self { id: id.unwrap_or(0), _callback: callback }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(self.id);
        }
    }
}

impl Timeout {
    /// After `ms` milliseconds.
    pub fn new(ms: f64, callback: impl FnOnce() + 'static) -> Self {
        let callback = Closure::once(callback);
        let id = web_sys::window().and_then(|w| {
            w.set_timeout_with_callback_and_timeout_and_arguments_0(callback.as_ref().unchecked_ref(), ms as i32).ok()
        });
        Self { id: id.unwrap_or(0), _callback: callback }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}

/// Calls back before a paint: the next one, or the one after it where others have already taken that frame's time. A hidden
/// page has none: the callback then waits until it is seen.
pub fn next_frame(callback: impl FnOnce() + 'static) {
    before_paint(Box::new(callback));
}

fn before_paint(callback: Box<dyn FnOnce()>) {
    let in_time = move |frame_ms: f64| {
        if frame_is_full(frame_ms) {
            before_paint(callback);
        } else {
            callback();
        }
    };
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(Closure::once_into_js(in_time).unchecked_ref());
    }
}

/// Whether what was called back before in this frame, with what followed from it, has left no time for more.
fn frame_is_full(frame_ms: f64) -> bool {
    const WORK_MS: f64 = 8.0;
    thread_local! {
        /// The frame as the browser names it, and when its first callback began.
        static FRAME: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
    }
    let (frame, began_ms) = FRAME.get();
    if frame == frame_ms {
        return now_ms() - began_ms > WORK_MS;
    }
    FRAME.set((frame_ms, now_ms()));
    false
}

/// Lets the browser paint and take input, then goes on at once: a message, since timers are clamped to 4 ms.
pub async fn breathe() {
    thread_local! {
        static CHANNEL: RefCell<Option<web_sys::MessageChannel>> = const { RefCell::new(None) };
    }
    let channel = CHANNEL.with(|slot| {
        let mut slot = slot.borrow_mut();
        if slot.is_none() {
            *slot = web_sys::MessageChannel::new().ok();
            if let Some(channel) = &*slot {
                channel.port1().start();
            }
        }
        slot.clone()
    });
    let Some(channel) = channel else { return };
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        let options = web_sys::AddEventListenerOptions::new();
        options.set_once(true);
        let _ = channel
            .port1()
            .add_event_listener_with_callback_and_add_event_listener_options("message", &resolve, &options);
        let _ = channel.port2().post_message(&JsValue::NULL);
    });
    let _ = JsFuture::from(promise).await;
}

/// Collects calls into one before the next paint.
#[derive(Clone, Default)]
pub struct FrameGate {
    waiting: Rc<RefCell<bool>>,
}

impl FrameGate {
    /// Runs `work` before the next paint, unless some work already waits for it.
    pub fn schedule(&self, work: impl FnOnce() + 'static) {
        if self.waiting.replace(true) {
            return;
        }
        let waiting = Rc::clone(&self.waiting);
        next_frame(move || {
            waiting.replace(false);
            work();
        });
    }
}

/// Collects calls into one, and rests after each for three times as long as it kept the page busy, paint included: what
/// follows a list that changes without end leaves the list its time.
#[derive(Clone, Default)]
pub struct CalmGate(Rc<Calm>);

#[derive(Default)]
struct Calm {
    waiting: Cell<bool>,
    rests_until_ms: Cell<f64>,
    rest: RefCell<Option<Timeout>>,
}

impl CalmGate {
    /// Runs `work` before a paint to come, unless some work already waits for it.
    pub fn schedule(&self, work: impl FnOnce() + 'static) {
        const REST: f64 = 3.0;
        if self.0.waiting.replace(true) {
            return;
        }
        // Weak: what waits ends with its gate.
        let calm = Rc::downgrade(&self.0);
        let run = move || {
            next_frame(move || {
                let Some(calm) = calm.upgrade() else { return };
                let began = now_ms();
                calm.waiting.set(false);
                work();
                spawn_local(async move {
                    breathe().await;
                    let ended = now_ms();
                    calm.rests_until_ms.set(ended + REST * (ended - began));
                });
            });
        };
        let rest_ms = self.0.rests_until_ms.get() - now_ms();
        if rest_ms > 0.0 {
            self.0.rest.replace(Some(Timeout::new(rest_ms, run)));
        } else {
            run();
        }
    }
}

/// Makes calls one a task, so that the browser can paint and take input between two of them, and rests after the last for three times
/// as long as all of them took.
#[derive(Clone, Default)]
pub struct Round(Rc<Calls>);

#[derive(Default)]
struct Calls {
    waiting: RefCell<VecDeque<Box<dyn FnOnce()>>>,
    under_way: Cell<bool>,
}

impl Round {
    /// Makes this call after those that wait.
    pub fn add(&self, call: impl FnOnce() + 'static) {
        const REST: f64 = 3.0;
        self.0.waiting.borrow_mut().push_back(Box::new(call));
        if self.0.under_way.replace(true) {
            return;
        }
        let calls = Rc::clone(&self.0);
        spawn_local(async move {
            while !calls.waiting.borrow().is_empty() {
                breathe().await;
                let began = now_ms();
                while let Some(call) = calls.next() {
                    call();
                    breathe().await;
                }
                sleep(REST * (now_ms() - began)).await;
            }
            calls.under_way.set(false);
        });
    }
}

impl Calls {
    fn next(&self) -> Option<Box<dyn FnOnce()>> {
        self.waiting.borrow_mut().pop_front()
    }
}

async fn sleep(ms: f64) {
    let mut timeout = None;
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        timeout = Some(Timeout::new(ms, move || drop(resolve.call0(&JsValue::NULL))));
    });
    let _ = JsFuture::from(promise).await;
}
