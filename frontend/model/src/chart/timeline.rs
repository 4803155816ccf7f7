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

/// The bars take this part of the height; above them lines stand alone, and their names find room.
const BARS: f64 = 0.6;
/// How many names stand one below the other at most.
const ROWS: u32 = 2;
/// The CSS pixels between a line and its name, and between two names.
const APART: u32 = 4;

/// The name of a mark on the axis, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Whose.
    pub mark: usize,
    /// Its left edge.
    pub x: u32,
    /// How wide it is.
    pub width: u32,
    /// Its row, from above.
    pub row: u32,
    /// Whether it ends at its mark instead of beginning there.
    pub before: bool,
}

/// Finds room for the names of marks on an axis of `width` CSS pixels: `wanted` says of each mark how wide its name is, and comes in the
/// order of their importance. Names do not overlap, and those that find no room have none.
pub fn labels(marks: &[Mark], wanted: &[(usize, u32)], width: u32) -> Vec<Label> {
    let mut taken: Vec<Label> = Vec::new();
    for (mark, wide) in wanted {
        let Some(line) = marks.get(*mark).and_then(|mark| rect(mark, (width, 1), 1.0)) else { continue };
        let after = Some((line.right().saturating_add(APART), false));
        let before = line.x.checked_sub(wide.saturating_add(APART)).map(|x| (x, true));
        let mut places =
            (0..ROWS).flat_map(|row| [after, before].into_iter().flatten().map(move |(x, before)| (row, x, before)));
        let fits = |(row, x, _): &(u32, u32, bool)| {
            let right = x.saturating_add(*wide);
            let free = |other: &Label| {
                other.row != *row
                    || right.saturating_add(APART) <= other.x
                    || other.x.saturating_add(other.width).saturating_add(APART) <= *x
            };
            right <= width && taken.iter().all(free)
        };
        let found = places.find(fits);
        taken.extend(found.map(|(row, x, before)| Label { mark: *mark, x, width: *wide, row, before }));
    }
    taken
}

/// Draws warnings as bars in `pieces`, and `marks` as lines over the whole height.
pub fn draw<B: DrawingBackend>(area: &Area<B>, pieces: &[Piece], marks: &[Mark], theme: &Theme) -> Drawn<B> {
    let most = pieces.iter().map(|piece| piece.times).max().unwrap_or(0);
    let (width, height) = area.dim_in_pixel();
    let bars = (f64::from(height) * BARS).ceil() as u32;
    let above = i32::try_from(height.saturating_sub(bars)).unwrap_or(0);
    bursts::draw(&area.clone().shrink((0, above), (width, bars)), pieces, most, theme.warn, theme)?;
    for mark in marks {
        let Some(rect) = rect(mark, area.dim_in_pixel(), theme.scale) else { continue };
        match mark.tone {
            Tone::Bad => fill::notched(area, rect, theme.bad, theme)?,
            Tone::Ok | Tone::Done => fill::solid(area, rect, theme.ok)?,
            Tone::Warn => fill::solid(area, rect, theme.warn)?,
            Tone::Unknown => fill::solid(area, rect, theme.unknown)?,
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

    #[test]
    fn a_node_that_is_short_of_something_does_not_look_like_scaling() {
        let marks = [Mark { at: 0.25, tone: Tone::Warn }, Mark { at: 0.75, tone: Tone::Unknown }];
        let bitmap = Bitmap::of(200, 40, |area| draw(area, &[Piece::default(); 60], &marks, &LIGHT).unwrap());
        assert_eq!((bitmap.count(LIGHT.warn), bitmap.count(LIGHT.unknown)), (80, 80));
    }

    #[test]
    fn names_stand_beside_their_lines_and_do_not_overlap_and_the_most_important_ones_find_room_first() {
        let marks = [0.0, 0.1, 0.12, 0.98].map(|at| Mark { at, tone: Tone::Ok });
        let labels = labels(&marks, &[(3, 100), (2, 120), (1, 120), (0, 120)], 600);
        let seen: Vec<_> = labels.iter().map(|l| (l.mark, l.x, l.row, l.before)).collect();
        assert_eq!(seen, [(3, 482, 0, true), (2, 78, 0, false), (1, 66, 1, false)]);
    }

    proptest! {
        #[test]
        fn names_never_overlap_nor_leave_the_axis(
            ats in prop::collection::vec(0.0..1.0_f64, 0..12), wide in prop::collection::vec(0_u32..300, 12), width in 0_u32..900,
        ) {
            let marks: Vec<_> = ats.into_iter().map(|at| Mark { at, tone: Tone::Ok }).collect();
            let wanted: Vec<_> = wide.into_iter().enumerate().collect();
            let labels = labels(&marks, &wanted, width);
            for (at, label) in labels.iter().enumerate() {
                prop_assert!(label.x + label.width <= width);
                for other in labels.iter().skip(at + 1).filter(|other| other.row == label.row) {
                    prop_assert!(label.x + label.width <= other.x || other.x + other.width <= label.x);
                }
            }
        }

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
