//! What a chart of bars puts on its area, as a value: so that it can be compared with what was there before, and glide from it.

use std::hash::Hash;
use std::mem::discriminant;

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::{Area, Drawn, Rect, Theme, fill};
use crate::store::index::hash_of;

/// Bars from the lowest to the highest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// Stands for what is drawn and where: bars of another thing are no other values of this one.
    of: u32,
    all: Vec<Bar>,
}

/// One bar, or a part of one. What has neither width nor height is not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    rect: Rect,
    fill: Fill,
}

/// How colour lies on a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fill {
    Solid(RGBColor),
    Notched(RGBColor),
    Hatched(RGBColor),
}

impl Bars {
    /// No bars yet, of `thing`.
    pub(super) fn of(thing: &impl Hash) -> Self {
        Self { of: hash_of(thing), all: Vec::new() }
    }

    /// The same where the picture is of `name`, too.
    #[must_use]
    pub fn named(self, name: &impl Hash) -> Self {
        Self { of: hash_of(&(self.of, hash_of(name))), ..self }
    }

    /// Makes room for so many more.
    pub(super) fn expect(&mut self, more: usize) {
        self.all.reserve(more);
    }

    /// Puts a bar above the others.
    pub(super) fn push(&mut self, rect: Rect, fill: Fill) {
        self.all.push(Bar { rect, fill });
    }

    /// How many of them are there.
    pub(super) fn count(&self) -> usize {
        self.all.iter().filter(|bar| bar.is_there()).count()
    }

    /// Whether `other` has other values of the same bars.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.of, self.all.len()) == (other.of, other.all.len())
    }

    /// A `share` of the way to bars that are like these.
    pub(super) fn toward(&self, to: &Self, share: f64) -> Self {
        let all = self.all.iter().zip(&to.all).map(|(from, to)| from.toward(to, share)).collect();
        Self { of: to.of, all }
    }

    /// Draws them. Neighbours of one kind and height are one rectangle, and those of one colour one element.
    pub fn draw<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> Drawn<B> {
        for run in self.all.chunk_by(|a, b| a.fill == b.fill) {
            let rects = joined(run.iter().map(|bar| bar.rect).filter(|rect| !rect.is_empty()));
            match run.first().map(|bar| bar.fill) {
                Some(Fill::Solid(color)) => fill::solids(area, &rects, color)?,
                Some(Fill::Notched(color)) => {
                    rects.into_iter().try_for_each(|rect| fill::notched(area, rect, color, theme))?;
                }
                Some(Fill::Hatched(color)) => {
                    rects.into_iter().try_for_each(|rect| fill::hatched(area, rect, color, theme))?;
                }
                None => {}
            }
        }
        Ok(())
    }
}

impl Bar {
    fn is_there(&self) -> bool {
        (self.rect.width, self.rect.height) != (0, 0)
    }

    /// Only lengths glide: a colour is a state, and what comes or goes stands where it is at once.
    fn toward(&self, to: &Self, share: f64) -> Self {
        if !self.is_there() || !to.is_there() || discriminant(&self.fill) != discriminant(&to.fill) {
            return *to;
        }
        // By its edges, so that neighbours who share one keep sharing it.
        let edge = |of: fn(&Rect) -> u32| {
            let (from, to) = (f64::from(of(&self.rect)), f64::from(of(&to.rect)));
            (from + (to - from) * share).round() as u32
        };
        let (x, y) = (edge(|rect| rect.x), edge(|rect| rect.y));
        let rect = Rect { x, y, width: edge(Rect::right) - x, height: edge(Rect::bottom) - y };
        Self { rect, ..*to }
    }
}

/// A canvas pays for each rectangle, and in a skyline most have a neighbour of their height.
fn joined(rects: impl Iterator<Item = Rect>) -> Vec<Rect> {
    let mut joined: Vec<Rect> = Vec::new();
    for rect in rects {
        match joined.last_mut() {
            Some(last) if (last.y, last.height, last.right()) == (rect.y, rect.height, rect.x) => {
                last.width += rect.width;
            }
            _ => joined.push(rect),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::LIGHT;
    use super::*;
    use proptest::prelude::*;

    const OK: Fill = Fill::Solid(LIGHT.ok);
    const BAD: Fill = Fill::Solid(LIGHT.bad);

    fn bar(x: u32, width: u32, fill: Fill) -> Bar {
        Bar { rect: Rect { x, y: 0, width, height: 12 }, fill }
    }

    #[test]
    fn a_bar_has_its_new_color_at_once_and_its_length_on_the_way() {
        assert_eq!(bar(0, 100, OK).toward(&bar(0, 50, BAD), 0.5), bar(0, 75, BAD));
    }

    #[test]
    fn a_bar_that_comes_or_goes_or_is_of_another_kind_stands_at_once() {
        let absent = Bar { rect: Rect::default(), fill: OK };
        let notched = bar(0, 50, Fill::Notched(LIGHT.bad));
        for (from, to) in [(absent, bar(0, 50, OK)), (bar(0, 50, OK), absent), (bar(0, 100, OK), notched)] {
            assert_eq!(from.toward(&to, 0.1), to);
        }
        // A part of nothing is there: it grows from its place.
        assert_eq!(bar(40, 0, OK).toward(&bar(40, 20, OK), 0.5), bar(40, 10, OK));
    }

    #[test]
    fn bars_of_another_thing_are_not_alike() {
        let bars = |thing: u32| Bars::of(&thing);
        assert!(bars(1).is_like(&bars(1)) && !bars(1).is_like(&bars(2)));
        assert!(!bars(1).named(&"zone").is_like(&bars(1).named(&"arch")));
        let mut more = bars(1);
        more.push(Rect::default(), OK);
        assert!(!bars(1).is_like(&more));
    }

    proptest! {
        #[test]
        fn neighbours_stay_neighbours_and_no_bar_leaves_the_space_between(
            from in (0_u32..5_000, 0_u32..5_000, 0_u32..5_000), to in (0_u32..5_000, 0_u32..5_000, 0_u32..5_000), share in 0.0..=1.0_f64,
        ) {
            let pair = |(x, first, second): (u32, u32, u32)| [bar(x, first, OK), bar(x + first, second, BAD)];
            let (from, to) = (pair(from), pair(to));
            let [first, second] = [0, 1].map(|at: usize| from[at].toward(&to[at], share).rect);
            prop_assert_eq!(first.right(), second.x);
            prop_assert!(second.right() <= from[1].rect.right().max(to[1].rect.right()));
            prop_assert!(first.x >= from[0].rect.x.min(to[0].rect.x));
        }
    }
}
