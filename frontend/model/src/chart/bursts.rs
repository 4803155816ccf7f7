//! How often something was seen, piece by piece of a time: small bars, with stripes where nobody knows.

use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

use super::{Area, Drawn, Rect, Theme, fill};

/// One piece of the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// How often it was seen to happen.
    pub times: u32,
    /// Whether it may have happened more often than that.
    pub unknown: bool,
}

/// Draws `pieces` from left to right in `color`; the one with `most` of all has the full height.
pub fn draw<B: DrawingBackend>(
    area: &Area<B>,
    pieces: &[Piece],
    most: u32,
    color: RGBColor,
    theme: &Theme,
) -> Drawn<B> {
    let whole = Rect::of_size(area.dim_in_pixel());
    let base = theme.px(1.0).min(whole.height);
    fill::solid(area, whole.lower(base), theme.track)?;
    for place in 0..pieces.len() {
        let (Some(piece), rect) = (pieces.get(place), rect(place, pieces.len(), whole, theme)) else { continue };
        if piece.unknown {
            fill::hatched(area, rect.lower(theme.px(5.0)), theme.hatch, theme)?;
        }
        if piece.times > 0 {
            // Twice is seen to be more than once, and a hundred times does not hide that.
            let share = f64::from(piece.times).ln_1p() / f64::from(most.max(1)).ln_1p();
            let height = (share.clamp(0.0, 1.0) * f64::from(rect.height)).round() as u32;
            fill::solid(area, rect.lower(height.max(theme.px(3.0))), color)?;
        }
    }
    Ok(())
}

/// The pixels of a piece.
pub fn rect(place: usize, count: usize, whole: Rect, theme: &Theme) -> Rect {
    let edge = |place: usize| (u64::from(whole.width) * place as u64 / count.max(1) as u64) as u32;
    let (from, to) = (edge(place), edge(place + 1));
    // A gap between neighbours, where there is room for one.
    let gap = if to - from > 2 * theme.px(1.0) { theme.px(1.0) } else { 0 };
    Rect { x: whole.x + from, width: to - from - gap, ..whole }
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_happened_is_a_bar_and_what_is_unknown_is_striped() {
        let pieces = [(4, false), (0, false), (0, true), (1, true)].map(|(times, unknown)| Piece { times, unknown });
        let bitmap = Bitmap::of(80, 20, |area| draw(area, &pieces, 4, LIGHT.bad, &LIGHT).unwrap());
        let colored = |from: u32, color| {
            (0..20)
                .flat_map(|y| (from..from + 20).map(move |x| (x, y)))
                .filter(|(x, y)| bitmap.pixel(*x, *y) == color)
                .count()
        };
        assert_eq!((colored(0, LIGHT.bad), colored(20, LIGHT.bad), colored(40, LIGHT.bad)), (19 * 20, 0, 0));
        assert!(colored(60, LIGHT.bad) > 0 && colored(60, LIGHT.bad) < 19 * 12);
        assert!(colored(40, LIGHT.hatch) > 0 && colored(20, LIGHT.hatch) == 0);
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            pieces in prop::collection::vec((any::<u32>(), any::<bool>()), 0..40), most in any::<u32>(),
            width in 0_u32..120, height in 0_u32..30, scale in prop::num::f64::ANY,
        ) {
            let pieces: Vec<_> = pieces.into_iter().map(|(times, unknown)| Piece { times, unknown }).collect();
            Bitmap::of(width, height, |area| draw(area, &pieces, most, LIGHT.warn, &theme(scale)).unwrap());
        }
    }
}
