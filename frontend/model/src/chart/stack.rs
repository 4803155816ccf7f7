//! Counts side by side in one bar: pods by state, of a cluster, a namespace or a group.

use super::bars::{Bars, Fill};
use super::{Rect, Theme};

/// What a part of the bar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// It does what it should.
    Ok,
    /// It did what it should.
    Done,
    /// It is on its way, or not ready.
    Warn,
    /// It fails.
    Bad,
    /// Nobody knows.
    Unknown,
}

/// Where each count lies in a bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackLayout {
    size: (u32, u32),
    /// None of them is there where there is nothing to count.
    parts: Vec<Rect>,
}

impl StackLayout {
    /// Lays `counts` side by side in a bar whose full width stands for `whole`.
    ///
    /// A count that is not zero gets two pixels at least, taken from the widest: one failing pod of 150,000 must be seen.
    pub fn new(counts: &[u64], whole: u64, size: (u32, u32)) -> Self {
        let (width, height) = size;
        let total = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let scale = f64::from(width) / total.max(whole).max(1) as f64;
        let mut widths: Vec<u32> =
            counts.iter().map(|count| ((*count as f64 * scale) as u32).max(if *count > 0 { 2 } else { 0 })).collect();
        let mut excess = widths.iter().map(|width| u64::from(*width)).sum::<u64>().saturating_sub(u64::from(width));
        while excess > 0 {
            let Some(widest) = widths.iter_mut().max() else {
                break;
            };
            // More parts than pixels: then the last ones fall off the end.
            if *widest <= 2 {
                break;
            }
            let cut = (*widest - 2).min(u32::try_from(excess).unwrap_or(u32::MAX));
            *widest -= cut;
            excess -= u64::from(cut);
        }
        let mut x = 0_u32;
        let height = if total > 0 { height } else { 0 };
        let parts = widths
            .into_iter()
            .map(|part| {
                let rect = Rect { x, y: 0, width: part.min(width.saturating_sub(x)), height };
                x = rect.right();
                rect
            })
            .collect();
        Self { size, parts }
    }

    /// The pixels of a part; none when there is no such part or nothing of it to see.
    pub fn rect(&self, index: usize) -> Option<Rect> {
        self.parts.get(index).copied().filter(|rect| !rect.is_empty())
    }

    /// The part at a pixel.
    pub fn at(&self, x: u32, y: u32) -> Option<usize> {
        self.parts.iter().position(|rect| rect.contains(x, y))
    }
}

/// The parts of `layout` as their `tones` say.
///
/// A failing part is notched, a waiting one striped and a finished one pale with an edge, so that no colour stands alone.
pub fn bars(layout: &StackLayout, tones: &[Tone], theme: &Theme) -> Bars {
    let mut bars = Bars::of(&layout.size);
    push(&mut bars, (0, 0), layout, tones, theme);
    bars
}

/// The same at a place in other bars. A part of nothing has bars as well, of no width.
pub(super) fn push(bars: &mut Bars, (left, top): (u32, u32), layout: &StackLayout, tones: &[Tone], theme: &Theme) {
    for (index, (tone, rect)) in tones.iter().zip(&layout.parts).enumerate() {
        let rect = Rect { x: left + rect.x, y: top + rect.y, ..*rect };
        match tone {
            Tone::Ok => bars.push(rect, Fill::Solid(theme.ok)),
            Tone::Done => {
                bars.push(rect, Fill::Solid(theme.requested));
                bars.push(rect, Fill::Hatched(theme.track));
            }
            Tone::Warn => bars.push(rect, Fill::Solid(theme.warn)),
            Tone::Bad => bars.push(rect, Fill::Notched(theme.bad)),
            Tone::Unknown => bars.push(rect, Fill::Hatched(theme.unknown)),
        }
        // A line of the surface between neighbours keeps their edge visible.
        if index + 1 < tones.len() {
            let width = u32::from(rect.width > 4);
            bars.push(Rect { x: rect.right() - width, width, ..rect }, Fill::Solid(theme.panel));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_as_wide_as_their_counts() {
        let layout = StackLayout::new(&[50, 25, 25], 100, (200, 12));
        let edges: Vec<_> = (0..3).map(|part| layout.rect(part).map(|rect| (rect.x, rect.right()))).collect();
        assert_eq!(edges, [Some((0, 100)), Some((100, 150)), Some((150, 200))]);
    }

    #[test]
    fn a_bar_that_is_a_part_of_the_whole_ends_there() {
        let layout = StackLayout::new(&[50], 200, (200, 12));
        assert_eq!(layout.rect(0).map(|rect| rect.width), Some(50));
    }

    #[test]
    fn one_of_very_many_is_seen() {
        let layout = StackLayout::new(&[150_000, 0, 1], 0, (300, 12));
        assert_eq!(layout.rect(1), None);
        assert_eq!(layout.rect(2), Some(Rect { x: 298, y: 0, width: 2, height: 12 }));
    }

    #[test]
    fn failing_is_told_from_well_without_its_color() {
        let layout = StackLayout::new(&[50, 50], 100, (100, 12));
        let bitmap = Bitmap::of(100, 12, |area| {
            bars(&layout, &[Tone::Ok, Tone::Bad], &LIGHT).draw(area, &LIGHT).unwrap();
        });
        let painted = |x: u32| (0..12).filter(|y| [LIGHT.ok, LIGHT.bad].contains(&bitmap.pixel(x, *y))).count();
        assert_eq!((painted(20), painted(80)), (12, 9));
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_hits_agree_with_the_picture(
            counts in prop::collection::vec(any::<u64>(), 0..8), whole in any::<u64>(),
            width in 0_u32..200, height in 0_u32..24, scale in prop::num::f64::ANY,
        ) {
            let layout = StackLayout::new(&counts, whole, (width, height));
            let tones = [Tone::Ok, Tone::Done, Tone::Warn, Tone::Bad, Tone::Unknown, Tone::Ok, Tone::Bad];
            Bitmap::of(width, height, |area| bars(&layout, &tones, &theme(scale)).draw(area, &theme(scale)).unwrap());
            for part in 0..counts.len() {
                if let Some(rect) = layout.rect(part) {
                    prop_assert_eq!(layout.at(rect.x, rect.y), Some(part));
                }
            }
        }
    }
}
