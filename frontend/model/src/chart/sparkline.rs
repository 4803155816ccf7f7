//! Small lines of what was seen over time, with gaps where nothing was seen.

use plotters::element::PathElement;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use super::{Area, Drawn, Rect, Theme, fill};

/// A value at a time; None when it was asked for and not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Seconds on any one clock.
    pub at_s: f64,
    /// The value.
    pub value: Option<f64>,
}

/// Draws each of `series` from its first to its last sample over the width of the area, from zero to `top` over its height.
///
/// The first is a solid line, those after it are dashed, so that they are told apart without a colour.
pub fn draw<B: DrawingBackend>(area: &Area<B>, series: &[Vec<Sample>], top: f64, theme: &Theme) -> Drawn<B> {
    let whole = Rect::of_size(area.dim_in_pixel());
    let base = theme.px(1.0).min(whole.height);
    fill::solid(area, whole.lower(base), theme.track)?;
    // The first one last, so that it lies above the others.
    for (place, samples) in series.iter().enumerate().rev() {
        let dash = (place > 0).then(|| theme.px(4.0));
        line(area, whole, samples, top, dash, theme)?;
    }
    Ok(())
}

fn line<B: DrawingBackend>(
    area: &Area<B>,
    whole: Rect,
    samples: &[Sample],
    top: f64,
    dash: Option<u32>,
    theme: &Theme,
) -> Drawn<B> {
    let stroke = theme.px(1.5);
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Ok(());
    };
    // Room for the stroke on every side.
    if whole.width <= 2 * stroke || whole.height <= 2 * stroke {
        return Ok(());
    }
    let span_s = last.at_s - first.at_s;
    let place = |sample: &Sample| {
        let along = (sample.at_s - first.at_s) / span_s;
        let up = sample.value? / top;
        // A single sample has no span: it stands at the right edge, which is now.
        let along = if along.is_finite() { along.clamp(0.0, 1.0) } else { 1.0 };
        let up = up.is_finite().then_some(up.clamp(0.0, 1.0))?;
        let between =
            |share: f64, length: u32| stroke as i32 + (share * f64::from(length - 1 - 2 * stroke)).round() as i32;
        Some((between(along, whole.width), between(1.0 - up, whole.height)))
    };
    for run in samples.split(|sample| place(sample).is_none()) {
        let points: Vec<(i32, i32)> = run.iter().filter_map(place).collect();
        match points.as_slice() {
            [] => {}
            [(x, y)] => {
                let dot = Rect { x: x.unsigned_abs(), y: y.unsigned_abs(), width: stroke, height: stroke };
                fill::solid(area, dot, theme.ok)?;
            }
            // One piece at a time: where two of a thick path meet, the backend's mitre would stick out of the area.
            _ => {
                for piece in points.windows(2).flat_map(|piece| inked(piece, dash)) {
                    area.draw(&PathElement::new(piece, theme.ok.stroke_width(stroke)))?;
                }
            }
        }
    }
    Ok(())
}

/// The parts of a piece that have ink: all of it or, of a dashed line, every other stretch of `dash` columns.
fn inked(piece: &[(i32, i32)], dash: Option<u32>) -> Vec<Vec<(i32, i32)>> {
    let (&[(from, from_y), (to, to_y)], Some(dash)) = (piece, dash.and_then(|dash| i32::try_from(dash).ok())) else {
        return vec![piece.to_vec()];
    };
    let at = |x: i32| {
        let share = f64::from(x - from) / f64::from((to - from).max(1));
        (x, from_y + (share * f64::from(to_y - from_y)).round() as i32)
    };
    // Stretches are counted from the left edge, so that a dash may run through several pieces.
    let stretches = (from / dash..=to / dash).filter(|stretch| stretch % 2 == 0);
    let cut = stretches.map(|stretch| (from.max(stretch * dash), to.min((stretch + 1) * dash)));
    cut.filter(|(from, to)| from < to).map(|(from, to)| vec![at(from), at(to)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, UNTOUCHED, theme};
    use super::*;
    use proptest::prelude::*;

    fn samples(values: &[Option<f64>]) -> Vec<Sample> {
        values.iter().enumerate().map(|(at, value)| Sample { at_s: at as f64 * 15.0, value: *value }).collect()
    }

    fn columns_with_line(values: &[Option<f64>]) -> Vec<bool> {
        let bitmap = Bitmap::of(101, 40, |area| {
            draw(area, &[samples(values)], 100.0, &LIGHT).unwrap();
        });
        (0..101).map(|x| (0..39).any(|y| ![UNTOUCHED, LIGHT.track].contains(&bitmap.pixel(x, y)))).collect()
    }

    #[test]
    fn a_line_runs_from_the_first_sample_to_the_last() {
        let seen = columns_with_line(&[Some(50.0), Some(60.0), Some(40.0)]);
        assert!(seen[3..97].iter().all(|seen| *seen));
    }

    #[test]
    fn what_was_not_seen_is_a_gap() {
        let seen = columns_with_line(&[Some(50.0), Some(60.0), None, Some(40.0), Some(40.0)]);
        assert!(seen[10] && !seen[50] && seen[90]);
    }

    #[test]
    fn a_second_line_is_told_from_the_first_without_its_color() {
        let (low, high) = (samples(&[Some(10.0), Some(10.0)]), samples(&[Some(90.0), Some(90.0)]));
        let bitmap = Bitmap::of(101, 40, |area| draw(area, &[low, high], 100.0, &LIGHT).unwrap());
        let inked = |lines: std::ops::Range<u32>| {
            let is_ink = |x: u32, y: u32| ![UNTOUCHED, LIGHT.track].contains(&bitmap.pixel(x, y));
            (5..95).filter(|x| lines.clone().any(|y| is_ink(*x, y))).count()
        };
        assert!(inked(20..39) == 90 && (30..70).contains(&inked(0..20)), "{} {}", inked(20..39), inked(0..20));
    }

    #[test]
    fn a_sharp_corner_of_a_thick_line_stays_inside() {
        let zigzag: Vec<_> = (0..20).map(|at| Some(if at % 2 == 0 { 0.0 } else { 100.0 })).collect();
        Bitmap::of(38, 26, |area| draw(area, &[samples(&zigzag), samples(&zigzag)], 100.0, &theme(8.0)).unwrap());
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            values in prop::collection::vec((prop::num::f64::ANY, prop::option::of(prop::num::f64::ANY)), 0..12),
            top in prop::num::f64::ANY, width in 0_u32..200, height in 0_u32..60, scale in prop::num::f64::ANY,
        ) {
            let samples: Vec<_> = values.into_iter().map(|(at_s, value)| Sample { at_s, value }).collect();
            Bitmap::of(width, height, |area| draw(area, &[samples.clone(), samples], top, &theme(scale)).unwrap());
        }
    }
}
