//! The node picture: every node is one bar, all of them in sight, from three to five thousand.
//!
//! A bar's height is pressure: the solid part is what is used, the paler part above it what is requested beyond that. Nodes
//! come in groups, a group in rows; the caller has sorted them.

pub mod layout;

use super::bars::{Bars, Fill};
use super::capacity::color;
use super::{Level, Rect, Theme};
pub use layout::NodeLayout;

/// One node, as tall as its pressure. Shares are of what is allocatable, 1 is all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeBar {
    /// The worst share in use; None when usage is not known.
    pub usage: Option<f64>,
    /// The worst share requested; None when not all requests are known.
    pub requests: Option<f64>,
    /// Whether it can be counted on.
    pub state: BarState,
}

/// Whether a node can be counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BarState {
    /// Its kubelet says that it is ready.
    Ready,
    /// It is not ready, or nobody heard from it.
    NotReady,
}

impl NodeBar {
    /// The height of the bar: the worst of what is used and requested, and everything when the node is not ready.
    pub fn pressure(&self) -> f64 {
        match self.state {
            BarState::Ready => self.usage.unwrap_or(0.0).max(self.requests.unwrap_or(0.0)),
            BarState::NotReady => f64::INFINITY,
        }
    }
}

/// `nodes` where `layout` has room for them.
///
/// In passes: what is on the canvas by itself, as stripes are, comes last.
pub fn bars(layout: &NodeLayout, nodes: &[NodeBar], theme: &Theme) -> Bars {
    let mut bars = Bars::of(layout);
    let placed: Vec<(Rect, &NodeBar)> =
        nodes.iter().enumerate().filter_map(|(index, node)| Some((layout.rect(index)?, node))).collect();
    bars.expect(3 * placed.len());
    // Each pass has a bar of each node: one that is not ready has but one that is there.
    let ready = |node: &NodeBar| node.state == BarState::Ready;
    for &(rect, node) in &placed {
        bars.push(if ready(node) { rect } else { Rect::default() }, Fill::Solid(theme.track));
    }
    for &(rect, node) in &placed {
        let used = node.usage.map_or(0, |usage| lines(usage, rect.height));
        let requested = node.requests.map_or(0, |requests| lines(requests, rect.height));
        // One line of the track stays between the two, so that they are told apart by more than their shade; in a skyline of slender
        // bars it would be noise.
        let hidden = if used > 0 { used + u32::from(rect.width > theme.px(3.0)) } else { 0 };
        let beyond = Rect { height: requested.saturating_sub(hidden), ..rect.lower(requested.max(hidden)) };
        bars.push(if ready(node) { beyond } else { Rect::default() }, Fill::Solid(theme.requested));
    }
    for &(rect, node) in &placed {
        // What is known to be idle has its foot drawn all the same: it is not unknown.
        let used = node.usage.map(|usage| rect.lower(lines(usage, rect.height).max(1)));
        let level = Level::of(node.usage.unwrap_or_default());
        if ready(node) {
            bars.push(used.unwrap_or_default(), Fill::Solid(color(level, theme)));
        } else {
            bars.push(rect, Fill::Notched(theme.bad));
        }
    }
    for &(rect, node) in &placed {
        if ready(node) && node.usage.is_none() && node.requests.is_none() {
            bars.push(rect, Fill::Hatched(theme.hatch));
        }
    }
    bars
}

/// A share of `height`; something that is there has at least one line. NaN becomes nothing.
fn lines(share: f64, height: u32) -> u32 {
    let lines = (share.clamp(0.0, 1.0) * f64::from(height)).round() as u32;
    if share > 0.0 { lines.max(1).min(height) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::bitmap::{Bitmap, LIGHT, theme};
    use super::*;
    use proptest::prelude::*;

    fn ready(usage: impl Into<Option<f64>>, requests: f64) -> NodeBar {
        NodeBar { usage: usage.into(), requests: Some(requests), state: BarState::Ready }
    }

    const NOT_READY: NodeBar = NodeBar { usage: None, requests: Some(0.0), state: BarState::NotReady };

    /// The bars in one group on `width` by `height` pixels, and where they are.
    fn drawn(bars: &[NodeBar], width: u32, height: u32) -> (Bitmap, NodeLayout) {
        let layout = NodeLayout::new(&[bars.len()], (width, height), 1.0);
        let bitmap = Bitmap::of(width, height, |area| {
            super::bars(&layout, bars, &LIGHT).draw(area, &LIGHT).unwrap();
        });
        (bitmap, layout)
    }

    #[test]
    fn a_bar_is_as_high_as_its_usage_and_its_requests() {
        let (bitmap, layout) = drawn(&[ready(0.25, 0.75)], 60, 100);
        let bar = layout.rect(0).unwrap();
        let column = |color| (0..100).filter(|y| bitmap.pixel(bar.x, *y) == color).count();
        // 75 lines, of which one lies between what is used and what is requested.
        assert_eq!((column(LIGHT.ok), column(LIGHT.requested), column(LIGHT.track)), (25, 49, 26));
    }

    #[test]
    fn usage_that_is_not_known_is_drawn_otherwise_than_none() {
        let (bitmap, layout) = drawn(&[ready(None, 0.5), ready(0.0, 0.5)], 300, 100);
        let foot = |index| bitmap.pixel(layout.rect(index).unwrap().x, 99);
        assert_eq!((foot(0), foot(1)), (LIGHT.requested, LIGHT.ok));
    }

    #[test]
    fn a_node_of_which_nothing_is_known_is_striped() {
        let unknown = NodeBar { usage: None, requests: None, state: BarState::Ready };
        let (bitmap, layout) = drawn(&[unknown, ready(None, 0.0)], 300, 100);
        let painted = |index| {
            let bar: Rect = layout.rect(index).unwrap();
            (bar.y..bar.bottom()).any(|y| bitmap.pixel(bar.x + 20, y) != LIGHT.track)
        };
        assert_eq!((painted(0), painted(1)), (true, false));
    }

    #[test]
    fn a_node_under_pressure_has_its_color() {
        for (usage, color) in [(0.5, LIGHT.ok), (0.85, LIGHT.warn), (0.95, LIGHT.bad)] {
            let (bitmap, layout) = drawn(&[ready(usage, 0.1)], 120, 100);
            assert_eq!(bitmap.pixel(layout.rect(0).unwrap().x, 99), color);
        }
    }

    #[test]
    fn a_node_that_is_not_ready_is_notched() {
        let (bitmap, layout) = drawn(&[NOT_READY], 60, 100);
        let x = layout.rect(0).unwrap().x;
        assert_eq!((0..100).filter(|y| bitmap.pixel(x, *y) == LIGHT.bad).count(), 75);
    }

    #[test]
    fn five_thousand_bars_are_all_seen() {
        let mut bars = vec![ready(0.6, 0.7); 5_000];
        bars[4_321] = NOT_READY;
        for (width, height) in [(1054, 236), (600, 236), (300, 236)] {
            let (bitmap, layout) = drawn(&bars, width, height);
            for (index, bar) in bars.iter().enumerate() {
                let rect =
                    layout.rect(index).unwrap_or_else(|| panic!("node {index} has no bar on {width} × {height}"));
                let color = if bar.state == BarState::Ready { LIGHT.ok } else { LIGHT.bad };
                assert_eq!(bitmap.pixel(rect.x, rect.bottom() - 1), color, "node {index} on {width} × {height}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside_and_nothing_panics(
            groups in prop::collection::vec(0_usize..60, 0..6), width in 0_u32..300, height in 0_u32..120,
            scale in prop::num::f64::ANY, usage in prop::option::of(prop::num::f64::ANY),
            requests in prop::option::of(prop::num::f64::ANY),
        ) {
            let layout = NodeLayout::new(&groups, (width, height), scale);
            let known = NodeBar { usage, requests, state: BarState::Ready };
            let bars = vec![known, NOT_READY].into_iter().cycle().take(200).collect::<Vec<_>>();
            Bitmap::of(width, height, |area| super::bars(&layout, &bars, &theme(scale)).draw(area, &theme(scale)).unwrap());
        }
    }
}
