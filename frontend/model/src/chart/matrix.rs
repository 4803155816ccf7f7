//! Groups against groups: for each pair a small bar of health, so that where things are, and where they fail, is seen at once.

use super::bars::{Bars, Fill};
use super::stack::{self, StackLayout, Tone};
use super::{Rect, Theme};

/// The CSS pixels between two cells.
const GAP: f64 = 2.0;
/// The CSS pixels of a cell above its bar, where its number stands.
const NUMBER: f64 = 18.0;

/// Where each cell lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MatrixLayout {
    rows: u32,
    columns: u32,
    width: u32,
    height: u32,
    gap: u32,
    number: u32,
}

impl MatrixLayout {
    /// Lays `rows` by `columns` cells over a surface of `size` device pixels, `scale` of which are one CSS pixel.
    pub fn new(rows: usize, columns: usize, (width, height): (u32, u32), scale: f64) -> Self {
        let scale = if scale.is_finite() { scale.clamp(0.25, 8.0) } else { 1.0 };
        let bounded = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (rows, columns) = (bounded(rows), bounded(columns));
        Self { rows, columns, width, height, gap: (GAP * scale) as u32, number: (NUMBER * scale) as u32 }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        (self.rows as usize).saturating_mul(self.columns as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0 || self.columns == 0
    }

    /// The pixels of a cell; none where there is no room for it.
    pub fn rect(&self, index: usize) -> Option<Rect> {
        let index = u32::try_from(index).ok()?;
        let (row, column) = (index.checked_div(self.columns)?, index.checked_rem(self.columns)?);
        if row >= self.rows {
            return None;
        }
        // Each edge is rounded by itself, so that cells fill the surface and none is a pixel off its head.
        let edge = |at: u32, of: u32, whole: u32| {
            u32::try_from(u64::from(at) * u64::from(whole) / u64::from(of)).unwrap_or(whole)
        };
        let (x, y) = (edge(column, self.columns, self.width), edge(row, self.rows, self.height));
        let right = edge(column + 1, self.columns, self.width).saturating_sub(self.gap);
        let bottom = edge(row + 1, self.rows, self.height).saturating_sub(self.gap);
        let rect = Rect { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) };
        (!rect.is_empty()).then_some(rect)
    }

    /// The cell at a pixel.
    pub fn at(&self, x: u32, y: u32) -> Option<usize> {
        if self.is_empty() || x >= self.width || y >= self.height {
            return None;
        }
        // The last track whose edge, rounded down, is not beyond the pixel.
        let track = |at: u32, of: u32, whole: u32| ((u64::from(at) + 1) * u64::from(of) - 1) / u64::from(whole);
        let (row, column) = (track(y, self.rows, self.height), track(x, self.columns, self.width));
        let index = usize::try_from(row * u64::from(self.columns) + column).ok()?;
        self.rect(index)?.contains(x, y).then_some(index)
    }

    /// The part of a cell that is left to its bar.
    fn bar(&self, cell: Rect) -> Rect {
        // Where a number finds no room the bar has the whole cell.
        if cell.height > self.number * 3 / 2 { cell.lower(cell.height - self.number) } else { cell }
    }
}

/// The bars: `cells` are counts of `tones`, row by row, and the longest bar stands for `most`.
///
/// A cell with anything in it has a track, an empty one nothing: where things are is the first thing to be seen.
pub fn bars<const N: usize>(
    layout: &MatrixLayout,
    cells: &[[u64; N]],
    most: u64,
    tones: &[Tone; N],
    theme: &Theme,
) -> Bars {
    let mut bars = Bars::of(layout);
    let placed =
        || cells.iter().enumerate().filter_map(|(index, counts)| Some((layout.bar(layout.rect(index)?), counts)));
    for (bar, counts) in placed() {
        let is_filled = counts.iter().any(|count| *count > 0);
        bars.push(if is_filled { bar } else { Rect::default() }, Fill::Solid(theme.track));
    }
    for (bar, counts) in placed() {
        let stack = StackLayout::new(counts, most, (bar.width, bar.height));
        stack::push(&mut bars, (bar.x, bar.y), &stack, tones, theme);
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    const TONES: [Tone; 2] = [Tone::Ok, Tone::Bad];

    #[test]
    fn bars_are_as_long_as_their_counts_and_empty_cells_are_blank() {
        let layout = MatrixLayout::new(2, 2, (204, 24), 1.0);
        let cells = [[100, 0], [0, 0], [25, 0], [0, 50]];
        let bitmap = Bitmap::of(204, 24, |area| bars(&layout, &cells, 100, &TONES, &LIGHT).draw(area, &LIGHT).unwrap());
        let painted = |y, color| bitmap.line(y).filter(|pixel| *pixel == color).count();
        // Of the first cell one pixel is the line between its part and the next.
        assert_eq!((painted(4, LIGHT.ok), painted(4, LIGHT.track)), (99, 0));
        assert_eq!((painted(16, LIGHT.ok), painted(16, LIGHT.bad)), (24, 50));
        let blank = bitmap.line(4).skip(102).all(|pixel| pixel == super::super::bitmap::UNTOUCHED);
        assert!(blank, "nothing is drawn where nothing is");
    }

    #[test]
    fn a_high_cell_leaves_room_for_its_number() {
        let layout = MatrixLayout::new(1, 1, (100, 36), 1.0);
        let bitmap =
            Bitmap::of(100, 36, |area| bars(&layout, &[[1, 0]], 1, &TONES, &LIGHT).draw(area, &LIGHT).unwrap());
        let column = |color| (0..36).filter(|y| bitmap.pixel(5, *y) == color).count();
        assert_eq!(column(LIGHT.ok), 16);
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_hits_agree_with_the_picture(
            rows in 0_usize..12, columns in 0_usize..12, counts in prop::collection::vec(any::<[u64; 2]>(), 0..150),
            most in any::<u64>(), width in 0_u32..300, height in 0_u32..200, scale in prop::num::f64::ANY,
        ) {
            let layout = MatrixLayout::new(rows, columns, (width, height), scale);
            Bitmap::of(width, height, |area| bars(&layout, &counts, most, &TONES, &theme(scale)).draw(area, &theme(scale)).unwrap());
            for index in 0..layout.len() {
                if let Some(rect) = layout.rect(index) {
                    prop_assert_eq!(layout.at(rect.x, rect.y), Some(index));
                    prop_assert_eq!(layout.at(rect.right() - 1, rect.bottom() - 1), Some(index));
                }
            }
        }
    }
}
