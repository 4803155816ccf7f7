//! What happened over time on one axis: bars of how often, and a line where something changed.

use plotters::prelude::DrawingBackend;

use super::bursts::{self, Piece};
use super::stack::Tone;
use super::{Area, Drawn, Rect, Theme, fill};

/// Something that changed at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When, as a share of the time that is shown.
    pub at: f64,
    /// What it means.
    pub tone: Tone,
}

/// Draws warnings as bars in `pieces`, and `marks` as lines over the whole height.
pub fn draw<B: DrawingBackend>(area: &Area<B>, pieces: &[Piece], marks: &[Mark], theme: &Theme) -> Drawn<B> {
    let most = pieces.iter().map(|piece| piece.times).max().unwrap_or(0);
    bursts::draw(area, pieces, most, theme.warn, theme)?;
    for mark in marks {
        let Some(rect) = rect(mark, area.dim_in_pixel(), theme.scale) else { continue };
        match mark.tone {
            Tone::Bad => fill::notched(area, rect, theme.bad, theme)?,
            Tone::Ok | Tone::Done => fill::solid(area, rect, theme.ok)?,
            Tone::Warn | Tone::Unknown => fill::solid(area, rect, theme.unknown)?,
        }
    }
    Ok(())
}

/// The pixels of a mark; none if it lies outside of the time that is shown.
pub fn rect(mark: &Mark, (width, height): (u32, u32), scale: f64) -> Option<Rect> {
    let stroke = ((2.0 * scale).round().clamp(1.0, 16.0) as u32).min(width);
    let inside = mark.at.is_finite() && (0.0..=1.0).contains(&mark.at) && width > 0 && height > 0;
    inside.then(|| Rect { x: (mark.at * f64::from(width - stroke)).round() as u32, y: 0, width: stroke, height })
}

/// The mark that is nearest to a column of pixels, if one is near.
pub fn nearest(marks: &[Mark], x: u32, size: (u32, u32), scale: f64) -> Option<usize> {
    let reach = (6.0 * scale.clamp(0.25, 8.0)) as u32;
    let away = |mark: &Mark| rect(mark, size, scale).map(|rect| rect.x.abs_diff(x));
    let all = marks.iter().enumerate().filter_map(|(at, mark)| Some((away(mark)?, at)));
    all.filter(|(away, _)| *away <= reach).min().map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_change_is_a_line_where_it_happened_and_is_found_near_it() {
        let marks = [Mark { at: 0.25, tone: Tone::Ok }, Mark { at: 1.0, tone: Tone::Bad }];
        let bitmap = Bitmap::of(200, 40, |area| draw(area, &[Piece::default(); 60], &marks, &LIGHT).unwrap());
        assert!((0..38).all(|y| bitmap.pixel(50, y) == LIGHT.ok));
        assert!(
            (0..38).any(|y| bitmap.pixel(199, y) == LIGHT.bad) && (0..38).any(|y| bitmap.pixel(199, y) != LIGHT.bad)
        );
        let find = |x| nearest(&marks, x, (200, 40), 1.0);
        assert_eq!((find(53), find(100), find(195)), (Some(0), None, Some(1)));
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            marks in prop::collection::vec(prop::num::f64::ANY, 0..9), x in any::<u32>(),
            width in 0_u32..120, height in 0_u32..30, scale in prop::num::f64::ANY,
        ) {
            let marks: Vec<_> = marks.into_iter().map(|at| Mark { at, tone: Tone::Bad }).collect();
            let pieces = [Piece { times: 3, unknown: true }; 60];
            Bitmap::of(width, height, |area| draw(area, &pieces, &marks, &theme(scale)).unwrap());
            let _ = nearest(&marks, x, (width, height), scale);
        }
    }
}
