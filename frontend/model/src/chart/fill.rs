//! The few ways in which charts put colour on pixels.

use std::iter;

use plotters::element::{Drawable, PathElement, PointCollection};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::{Area, Drawn, Rect, Theme};

/// Fills `rect` with `color`.
pub fn solid<B: DrawingBackend>(area: &Area<B>, rect: Rect, color: RGBColor) -> Drawn<B> {
    solids(area, &[rect], color)
}

/// Fills all of `rects` with `color`: what plotters does for each element is more than to fill a bar.
pub fn solids<B: DrawingBackend>(area: &Area<B>, rects: &[Rect], color: RGBColor) -> Drawn<B> {
    area.draw(&Solids { rects, color })
}

/// Rectangles of one colour as one element. It stands at the corner of the area, and they from there.
struct Solids<'a> {
    rects: &'a [Rect],
    color: RGBColor,
}

impl PointCollection<'_, BackendCoord> for &Solids<'_> {
    type Point = BackendCoord;
    type IntoIter = iter::Once<BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        iter::once((0, 0))
    }
}

impl<B: DrawingBackend> Drawable<B> for Solids<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut corner: I,
        backend: &mut B,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let (left, top) = corner.next().unwrap_or_default();
        // Its backends take the second corner as the first pixel outside.
        let at = |x: u32, y: u32| (left.saturating_add(pixel(x)), top.saturating_add(pixel(y)));
        self.rects.iter().filter(|rect| !rect.is_empty()).try_for_each(|rect| {
            backend.draw_rect(at(rect.x, rect.y), at(rect.right(), rect.bottom()), &self.color, true)
        })
    }
}

/// Fills `rect` with `color` but for thin level notches, so that it is told from a solid one without its colour.
pub fn notched<B: DrawingBackend>(area: &Area<B>, rect: Rect, color: RGBColor, theme: &Theme) -> Drawn<B> {
    let (piece, notch) = (theme.px(3.0), theme.px(1.0));
    let mut bottom = rect.bottom();
    while bottom > rect.y {
        let y = bottom.saturating_sub(piece).max(rect.y);
        solid(area, Rect { y, height: bottom - y, ..rect }, color)?;
        bottom = y.saturating_sub(notch).max(rect.y);
    }
    Ok(())
}

/// Draws slanted stripes of `color` over `rect`.
pub fn hatched<B: DrawingBackend>(area: &Area<B>, rect: Rect, color: RGBColor, theme: &Theme) -> Drawn<B> {
    if rect.is_empty() {
        return Ok(());
    }
    let stroke = theme.px(1.25);
    // Half a stroke lies on each side of its line.
    let half = i64::from(stroke / 2);
    let (left, right) = (i64::from(rect.x) + half, i64::from(rect.right()) - 1 - half);
    let (top, bottom) = (i64::from(rect.y) + half, i64::from(rect.bottom()) - 1 - half);
    let rise = bottom - top;
    let style = color.stroke_width(stroke);
    // Each stripe climbs from the lower edge at `foot` to the upper edge at `foot + rise`, cut where the sides are.
    let step = i64::from(theme.px(4.0)).max(2);
    let mut foot = left - rise;
    while rise > 0 && foot < right {
        let (from, to) = (foot.max(left), (foot + rise).min(right));
        let at = |x: i64| (coordinate(x), coordinate(bottom - (x - foot)));
        if from < to {
            area.draw(&PathElement::new(vec![at(from), at(to)], style))?;
        }
        foot += step;
    }
    Ok(())
}

/// A pixel as plotters counts it; a surface that is wider than `i32` does not exist.
fn pixel(at: u32) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

fn coordinate(at: i64) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}
