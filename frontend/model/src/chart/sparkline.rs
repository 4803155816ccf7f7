//! A small line of what was seen over time, with gaps where nothing was seen.

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

/// Draws `samples` from the first to the last over the width of the area, from zero to `top` over its height.
pub fn draw<B: DrawingBackend>(area: &Area<B>, samples: &[Sample], top: f64, theme: &Theme) -> Drawn<B> {
    let whole = Rect::of_size(area.dim_in_pixel());
    let base = theme.px(1.0).min(whole.height);
    fill::solid(area, whole.lower(base), theme.track)?;
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
                for piece in points.windows(2) {
                    area.draw(&PathElement::new(piece.to_vec(), theme.ok.stroke_width(stroke)))?;
                }
            }
        }
    }
    Ok(())
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
            draw(area, &samples(values), 100.0, &LIGHT).unwrap();
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
    fn a_sharp_corner_of_a_thick_line_stays_inside() {
        let zigzag: Vec<_> = (0..20).map(|at| Some(if at % 2 == 0 { 0.0 } else { 100.0 })).collect();
        Bitmap::of(38, 26, |area| draw(area, &samples(&zigzag), 100.0, &theme(8.0)).unwrap());
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            values in prop::collection::vec((prop::num::f64::ANY, prop::option::of(prop::num::f64::ANY)), 0..12),
            top in prop::num::f64::ANY, width in 0_u32..200, height in 0_u32..60, scale in prop::num::f64::ANY,
        ) {
            let samples: Vec<_> = values.into_iter().map(|(at_s, value)| Sample { at_s, value }).collect();
            Bitmap::of(width, height, |area| draw(area, &samples, top, &theme(scale)).unwrap());
        }
    }
}
