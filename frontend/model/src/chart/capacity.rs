//! One resource of a cluster or node as one bar: used, requested, limited, and all that there is.

use plotters::style::RGBColor;

use super::bars::{Bars, Fill};
use super::{Level, Rect, Theme};

/// How much there is of a resource and how much of it is spoken for, all in one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Capacity {
    /// What can be given to pods; the full width.
    pub allocatable: f64,
    /// What is used now. None is not known, which is not zero.
    pub usage: Option<f64>,
    /// What those have that report their usage, of which it is a share; None is all of it.
    pub measure: Option<f64>,
    /// What is requested.
    pub requests: f64,
    /// The sum of the limits, for a resource that has them.
    pub limits: Option<f64>,
}

impl Capacity {
    /// The part of what is allocatable that `amount` is, where 1 is all; none when nothing is allocatable.
    pub fn share(&self, amount: f64) -> Option<f64> {
        share(amount, self.allocatable)
    }

    /// The part that is used of what those have that report it.
    pub fn used(&self) -> Option<f64> {
        share(self.usage?, self.measure.unwrap_or(self.allocatable))
    }
}

/// `capacity` as a bar over an area of `size`.
///
/// Stripes are the requests, the thinner solid bar is usage, the upright tick the limits. Limits above all that there is are
/// two ticks at the right edge.
pub fn bars(capacity: &Capacity, size: (u32, u32), theme: &Theme) -> Bars {
    let whole = Rect::of_size(size);
    let part = |amount: f64| capacity.share(amount).map(|share| (share, columns(share, whole.width)));
    let mut bars = Bars::of(&size);
    bars.push(whole, Fill::Solid(theme.track));

    let requests = part(capacity.requests).map(|(_, width)| whole.left(width));
    bars.push(requests.unwrap_or_default(), Fill::Hatched(theme.hatch));

    let inset = whole.height / 4;
    let used = |share| Rect { y: inset, height: whole.height - 2 * inset, ..whole.left(columns(share, whole.width)) };
    let usage = capacity.used();
    let level = Level::of(usage.unwrap_or_default());
    bars.push(usage.map(used).unwrap_or_default(), Fill::Solid(color(level, theme)));

    let limits = capacity.limits.filter(|limits| *limits > 0.0).and_then(part);
    let width = theme.px(2.0).min(whole.width);
    let tick = |x: u32| Rect { x: x.min(whole.width - width), width, ..whole };
    let at_edge = limits.filter(|(share, _)| *share > 1.0).map(|_| tick(whole.width.saturating_sub(width * 3)));
    bars.push(limits.map(|(_, at)| tick(at)).unwrap_or_default(), Fill::Solid(theme.text));
    bars.push(at_edge.unwrap_or_default(), Fill::Solid(theme.text));
    bars
}

/// The colour of a level.
pub(super) fn color(level: Level, theme: &Theme) -> RGBColor {
    match level {
        Level::Ok => theme.ok,
        Level::Warn => theme.warn,
        Level::Bad => theme.bad,
    }
}

fn share(amount: f64, of: f64) -> Option<f64> {
    let share = amount / of;
    (of > 0.0 && share.is_finite()).then_some(share.max(0.0))
}

/// A share of `width`; something that is there is at least one column.
fn columns(share: f64, width: u32) -> u32 {
    let columns = (share.clamp(0.0, 1.0) * f64::from(width)).round() as u32;
    if share > 0.0 { columns.clamp(1, width.max(1)) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    fn drawn(capacity: Capacity) -> Bitmap {
        Bitmap::of(200, 12, |area| bars(&capacity, area.dim_in_pixel(), &LIGHT).draw(area, &LIGHT).unwrap())
    }

    #[test]
    fn the_bar_of_usage_is_as_long_as_its_share() {
        let bitmap = drawn(Capacity { allocatable: 160.0, usage: Some(80.0), ..Capacity::default() });
        assert_eq!(bitmap.line(6).filter(|pixel| *pixel == LIGHT.ok).count(), 100);
        assert_eq!(bitmap.pixel(100, 6), LIGHT.track);
    }

    #[test]
    fn usage_is_as_long_as_its_share_of_those_that_report() {
        let half = Capacity { allocatable: 160.0, usage: Some(40.0), measure: Some(80.0), ..Capacity::default() };
        assert_eq!(drawn(half).line(6).filter(|pixel| *pixel == LIGHT.ok).count(), 100);
    }

    #[test]
    fn usage_has_the_color_of_its_level() {
        for (usage, color) in [(79.0, LIGHT.ok), (80.0, LIGHT.warn), (90.0, LIGHT.bad), (300.0, LIGHT.bad)] {
            let bitmap = drawn(Capacity { allocatable: 100.0, usage: Some(usage), ..Capacity::default() });
            assert_eq!(bitmap.pixel(0, 6), color, "{usage}");
        }
    }

    #[test]
    fn requests_are_stripes_on_the_track() {
        let bitmap = drawn(Capacity { allocatable: 100.0, requests: 50.0, ..Capacity::default() });
        let painted =
            |from, to| bitmap.line(2).skip(from).take(to - from).filter(|pixel| *pixel != LIGHT.track).count();
        assert!(painted(0, 100) > 20 && painted(0, 100) < 80, "{}", painted(0, 100));
        assert_eq!(painted(101, 200), 0);
    }

    #[test]
    fn usage_that_is_not_known_is_drawn_otherwise_than_none() {
        let unknown = drawn(Capacity { allocatable: 100.0, requests: 50.0, ..Capacity::default() });
        let known = drawn(Capacity { allocatable: 100.0, requests: 50.0, usage: Some(0.1), ..Capacity::default() });
        assert_eq!(unknown.count(LIGHT.ok), 0);
        assert!(known.count(LIGHT.ok) > 0);
    }

    #[test]
    fn limits_are_one_tick_and_two_when_they_overcommit() {
        let ticks = |limits| {
            let bitmap = drawn(Capacity { allocatable: 100.0, limits: Some(limits), ..Capacity::default() });
            bitmap.line(0).filter(|pixel| *pixel == LIGHT.text).count()
        };
        assert_eq!((ticks(0.0), ticks(92.0), ticks(100.0), ticks(118.0)), (0, 2, 2, 4));
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            width in 0_u32..300, height in 0_u32..40, scale in prop::num::f64::ANY,
            allocatable in prop::num::f64::ANY, usage in prop::option::of(prop::num::f64::ANY),
            requests in prop::num::f64::ANY, limits in prop::option::of(prop::num::f64::ANY),
            measure in prop::option::of(prop::num::f64::ANY),
        ) {
            let capacity = Capacity { allocatable, usage, measure, requests, limits };
            Bitmap::of(width, height, |area| bars(&capacity, (width, height), &theme(scale)).draw(area, &theme(scale)).unwrap());
        }
    }
}
