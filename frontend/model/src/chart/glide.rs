//! Bars on their way from what was shown to what is.

use super::bars::Bars;

/// How long bars are on their way.
const WAY_MS: f64 = 150.0;
/// The time between two frames, more or less. The first one on the way is drawn as if it were the second, so that nothing is drawn twice.
const FRAME_MS: f64 = 16.0;
/// More bars than five thousand nodes have stand at once.
const MOST: usize = 16_000;

/// The bars of one chart.
#[derive(Debug, Default)]
pub struct Glide {
    shown: Bars,
    way: Option<Way>,
}

#[derive(Debug)]
struct Way {
    from: Bars,
    to: Bars,
    began_ms: f64,
}

impl Glide {
    /// What is to be drawn now.
    pub fn shown(&self) -> &Bars {
        &self.shown
    }

    /// Whether there is more to draw.
    pub fn is_on_its_way(&self) -> bool {
        self.way.is_some()
    }

    /// Turns to bars that are new, from where the old ones are now. They stand at once where `may_move` says so, where there are
    /// very many, and where they are no other values of the same bars.
    pub fn turn_to(&mut self, to: Bars, now_ms: f64, may_move: impl FnOnce() -> bool) {
        if self.way.as_ref().is_some_and(|way| way.to == to) {
            self.step(now_ms);
        } else if self.shown.is_like(&to) && self.shown != to && to.count() <= MOST && may_move() {
            let from = std::mem::take(&mut self.shown);
            self.way = Some(Way { from, to, began_ms: now_ms - FRAME_MS });
            self.step(now_ms);
        } else {
            *self = Self { shown: to, way: None };
        }
    }

    /// Goes on; whether what is shown has changed by that.
    pub fn step(&mut self, now_ms: f64) -> bool {
        let Some(Way { from, to, began_ms }) = &self.way else { return false };
        let left = 1.0 - (now_ms - began_ms) / WAY_MS;
        // Fast at first: what is true is nearly there after a third of the time.
        let now = if left > 0.0 { from.toward(to, 1.0 - left.min(1.0).powi(3)) } else { to.clone() };
        if left <= 0.0 {
            self.way = None;
        }
        let changed = now != self.shown;
        self.shown = now;
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::super::bars::Fill;
    use super::super::bitmap::LIGHT;
    use super::super::capacity::{self, Capacity};
    use super::*;
    use crate::chart::Rect;

    /// A bar that requests `share` of a hundred pixels.
    fn bars(share: f64) -> Bars {
        let capacity = Capacity { allocatable: 1.0, usage: Some(share), ..Capacity::default() };
        capacity::bars(&capacity, (100, 12), &LIGHT)
    }

    fn at(share: f64) -> Glide {
        let mut glide = Glide::default();
        glide.turn_to(bars(share), 0.0, || true);
        glide
    }

    #[test]
    fn what_first_appears_stands_at_once() {
        let glide = at(0.5);
        assert_eq!((glide.shown(), glide.is_on_its_way()), (&bars(0.5), false));
    }

    #[test]
    fn bars_glide_and_arrive_after_the_time_of_the_way() {
        let mut glide = at(0.2);
        glide.turn_to(bars(0.8), 1_000.0, || true);
        let mut frames = vec![glide.shown().clone()];
        let mut now_ms = 1_000.0;
        while glide.is_on_its_way() {
            now_ms += 16.0;
            if glide.step(now_ms) {
                frames.push(glide.shown().clone());
            }
        }
        assert!(frames.len() > 5 && frames.windows(2).all(|pair| pair[0] != pair[1]), "{} frames", frames.len());
        assert!(frames.first() != Some(&bars(0.2)) && frames.last() == Some(&bars(0.8)));
        assert!(now_ms <= 1_160.0, "{now_ms}");
        assert!(!glide.step(2_000.0), "there is nothing more to draw");
    }

    #[test]
    fn newer_values_are_glided_to_from_what_is_shown() {
        let mut glide = at(0.2);
        glide.turn_to(bars(0.8), 0.0, || true);
        glide.step(60.0);
        let shown = glide.shown().clone();
        // The same again is no news: it neither starts anew nor takes longer.
        glide.turn_to(bars(0.8), 60.0, || true);
        assert_eq!(glide.shown(), &shown);
        glide.turn_to(bars(0.2), 60.0, || true);
        assert!(glide.shown() != &bars(0.2) && glide.shown() != &bars(0.8));
        assert!(glide.is_on_its_way() && glide.step(210.0) && glide.shown() == &bars(0.2));
    }

    #[test]
    fn bars_stand_at_once_where_nothing_may_move_where_they_are_of_another_size_and_where_they_are_very_many() {
        let wider = capacity::bars(&Capacity { allocatable: 1.0, ..Capacity::default() }, (200, 12), &LIGHT);
        let many = |width: u32| {
            let mut bars = Bars::of(&"many");
            (0..=MOST).for_each(|_| bars.push(Rect { width, height: 1, ..Rect::default() }, Fill::Solid(LIGHT.ok)));
            bars
        };
        for (from, to, may_move) in [(bars(0.2), bars(0.8), false), (bars(0.2), wider, true), (many(1), many(9), true)]
        {
            let mut glide = Glide::default();
            glide.turn_to(from, 0.0, || true);
            glide.turn_to(to.clone(), 0.0, || may_move);
            assert_eq!((glide.shown(), glide.is_on_its_way()), (&to, false));
        }
    }

    #[test]
    fn a_clock_that_goes_back_moves_no_bar_beyond_its_ends() {
        let mut glide = at(0.2);
        glide.turn_to(bars(0.7), 1_000.0, || true);
        glide.step(0.0);
        assert_eq!(glide.shown(), &bars(0.2));
    }
}
