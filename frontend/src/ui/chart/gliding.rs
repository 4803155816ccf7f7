//! Bars on a canvas that glide to their new values, a frame at a time. What is told of them in words is new at once.

use leptos::prelude::*;
use model::chart::{Bars, Glide, Theme};

use crate::web::canvas::Canvas;
use crate::web::clock::now_ms;
use crate::web::page::is_visible;
use crate::web::screen::matches;
use crate::web::timer::FrameGate;

const NO_MOTION: &str = "(prefers-reduced-motion: reduce)";

/// When bars stand at once, beside where a person wants no motion; in the context.
#[derive(Clone, Copy)]
pub struct Standstill(StoredValue<Box<dyn Fn() -> bool>, LocalStorage>);

impl Standstill {
    /// While this holds, as it does while lists load: what changes without end needs the time for itself.
    pub fn new(holds: impl Fn() -> bool + 'static) -> Self {
        Self(StoredValue::new_local(Box::new(holds)))
    }
}

/// The bars on one canvas; they go with their chart.
#[derive(Clone)]
pub(super) struct Gliding {
    shown: StoredValue<(Glide, Option<Theme>), LocalStorage>,
    gate: FrameGate,
    still: Option<Standstill>,
}

impl Default for Gliding {
    fn default() -> Self {
        Self { shown: StoredValue::new_local(<_>::default()), gate: FrameGate::default(), still: use_context() }
    }
}

impl Gliding {
    /// Draws `bars` on a canvas that is clear, or the first step of their way there.
    pub(super) fn turn_to(&self, bars: Bars, canvas: &Canvas, theme: Theme) {
        let may_move = || {
            is_visible()
                && !self.still.is_some_and(|Standstill(holds)| holds.with_value(|h| h()))
                && !matches(NO_MOTION)
        };
        self.shown.update_value(|(glide, drawn_with)| {
            glide.turn_to(bars, now_ms(), may_move);
            *drawn_with = Some(theme);
            draw(glide, canvas, &theme);
        });
        self.clone().go_on(canvas.clone());
    }

    fn go_on(self, canvas: Canvas) {
        // By the next frame the chart may be gone.
        if self.shown.try_with_value(|(glide, _)| glide.is_on_its_way()) != Some(true) {
            return;
        }
        self.gate.clone().schedule(move || {
            self.shown.try_update_value(|(glide, theme)| {
                if let Some(theme) = theme
                    && glide.step(now_ms())
                {
                    canvas.clear();
                    draw(glide, &canvas, theme);
                }
            });
            self.go_on(canvas);
        });
    }
}

fn draw(glide: &Glide, canvas: &Canvas, theme: &Theme) {
    canvas.paint(|area| {
        // The canvas' error type has no values.
        let _ = glide.shown().draw(area, theme);
    });
}
