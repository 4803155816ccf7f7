//! Frames of watches: they wait for the next paint and are applied together.

use std::rc::Rc;

use super::super::watched::Watched;
use super::Cluster;
use crate::web::clock::now_ms;

/// Frames are applied for this long, then the browser paints.
const APPLY_MS: f64 = 8.0;
/// More than this does not wait: where the page stood still, all that came meanwhile would lie in memory that never shrinks.
const MOST_WAITING_BYTES: usize = 256 << 10;

impl Cluster {
    pub(in crate::live) fn enqueue(&self, watched: &Rc<Watched>, turn: u32, text: String) {
        self.0.waiting_bytes.update(|bytes| bytes + text.len());
        self.0.frames.borrow_mut().push_back((Rc::downgrade(watched), turn, text));
        if self.visible() && self.0.waiting_bytes.get() <= MOST_WAITING_BYTES {
            self.schedule();
        } else {
            // No frame comes while the tab is hidden, or none has for long: merged by uid into the store, nothing piles up.
            self.flush();
        }
    }

    /// Applies every frame that waits.
    pub(in crate::live) fn flush(&self) {
        self.apply_frames(f64::INFINITY);
    }

    fn schedule(&self) {
        let weak = Rc::downgrade(&self.0);
        self.0.gate.schedule(move || {
            if let Some(inner) = weak.upgrade() {
                Self::from(inner).apply_frames(APPLY_MS);
            }
        });
    }

    fn apply_frames(&self, budget_ms: f64) {
        let began = now_ms();
        let mut touched: Vec<Rc<Watched>> = Vec::new();
        loop {
            let next = self.0.frames.borrow_mut().pop_front();
            let Some((watched, turn, text)) = next else { break };
            self.0.waiting_bytes.update(|bytes| bytes.saturating_sub(text.len()));
            let Some(watched) = watched.upgrade() else { continue };
            watched.apply(turn, &text);
            if !touched.iter().any(|t| Rc::ptr_eq(t, &watched)) {
                touched.push(watched);
            }
            if now_ms() - began > budget_ms {
                self.schedule();
                break;
            }
        }
        if !touched.is_empty() {
            self.proved();
        }
        for watched in touched {
            watched.applied();
        }
    }
}
