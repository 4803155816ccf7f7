//! Where each node's bar lies in the node picture.

use crate::chart::Rect;

/// The widest a bar with its gap gets, in CSS pixels.
const WIDEST: f64 = 160.0;
/// A row is this many times as high as a bar is wide, unless it is `HIGH_ENOUGH` anyway.
const SLENDER: f64 = 7.0;
/// A row of this many CSS pixels is high enough for bars of any width.
const HIGH_ENOUGH: f64 = 40.0;
/// From this many CSS pixels on, a bar is wide enough for a name.
const NAMED: f64 = 72.0;
/// The CSS pixels that a name takes above its bar.
const NAME_HEIGHT: f64 = 20.0;
/// From this many CSS pixels on there is a gap between bars. Narrower ones would lose too much of their ink to it: together they make
/// a skyline, in which pressure is seen by its outline.
const GAPPED: f64 = 4.0;

/// The place of every bar: groups one below the other, each of as many rows as it needs, all bars of one size.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
pub struct NodeLayout {
    groups: Vec<Group>,
    /// From one bar's left edge to the next one's.
    pitch: u32,
    bar_width: u32,
    /// From one row's upper edge to the next one's.
    row_pitch: u32,
    row_height: u32,
    columns: usize,
    width: u32,
    height: u32,
    /// The height above each bar that is left to its name; zero where there are no names.
    name_height: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Hash)]
struct Group {
    first: usize,
    count: usize,
    top: u32,
    height: u32,
}

impl NodeLayout {
    /// Places groups of `counts` bars on a surface of `size` device pixels, `scale` of which are one CSS pixel.
    ///
    /// Takes the widest bars that leave every row high enough to be read. Bars that find no room (more than about one for
    /// every ten pixels of the surface) have no place.
    pub fn new(counts: &[usize], (width, height): (u32, u32), scale: f64) -> Self {
        let scale = if scale.is_finite() { scale.clamp(0.25, 8.0) } else { 1.0 };
        let widest = ((WIDEST * scale) as u32).min(width).max(1);
        let rows_at = |pitch: u32| {
            let columns = columns(width, pitch);
            counts.iter().map(|count| count.div_ceil(columns)).fold(0, usize::saturating_add)
        };
        let shown_groups = counts.iter().filter(|count| **count > 0).count();
        let space = Spaces::new(shown_groups, height, scale);
        let pitch = (2..=widest)
            .rev()
            .find(|pitch| {
                let rows = rows_at(*pitch);
                let enough = (f64::from(*pitch) * SLENDER).min(HIGH_ENOUGH * scale);
                // Wider than a name needs only where that takes no further row.
                let useful = rows <= shown_groups || f64::from(*pitch) <= NAMED * scale;
                useful && f64::from(space.row_height(rows)) >= enough
            })
            .unwrap_or(1);
        let row_height = space.row_height(rows_at(pitch)).max(1);
        let name_height = (NAME_HEIGHT * scale) as u32;
        // A name must leave most of the row to the bar.
        let named = f64::from(pitch) >= NAMED * scale && row_height >= name_height * 3;
        let name_height = if named { name_height } else { 0 };
        let gap = if f64::from(pitch) < GAPPED * scale { 0 } else { (pitch / 8).clamp(1, (8.0 * scale) as u32 + 1) };
        let mut layout = Self {
            groups: Vec::with_capacity(counts.len()),
            pitch,
            bar_width: pitch - gap,
            row_pitch: row_height.saturating_add(space.between_rows),
            row_height: row_height - name_height,
            columns: columns(width, pitch),
            width,
            height,
            name_height,
        };
        layout.place(counts, &space);
        layout
    }

    /// How many bars there are.
    pub fn len(&self) -> usize {
        self.groups.last().map_or(0, |group| group.first.saturating_add(group.count))
    }

    /// Whether there are no bars.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pixels above a bar that are left to its name; none where bars have no names.
    pub fn name(&self, index: usize) -> Option<Rect> {
        let bar = self.rect(index).filter(|_| self.name_height > 0)?;
        Some(Rect { y: bar.y - self.name_height, height: self.name_height, ..bar })
    }

    /// The pixels from a group's first row to its last.
    pub fn group(&self, index: usize) -> Option<Rect> {
        let group = self.groups.get(index).filter(|group| group.count > 0)?;
        Some(Rect { x: 0, y: group.top, width: self.width, height: group.height })
    }

    /// The pixels of a full bar.
    pub fn rect(&self, index: usize) -> Option<Rect> {
        let group = self.groups.get(self.groups.partition_point(|group| group.first <= index).checked_sub(1)?)?;
        let within = index.checked_sub(group.first).filter(|within| *within < group.count)?;
        let row = u32::try_from(within / self.columns).ok()?;
        let column = u32::try_from(within % self.columns).ok()?;
        let rect = Rect {
            x: column.checked_mul(self.pitch)?,
            y: row.checked_mul(self.row_pitch)?.checked_add(group.top)?.checked_add(self.name_height)?,
            width: self.bar_width,
            height: self.row_height,
        };
        (rect.right() <= self.width && rect.bottom() <= self.height).then_some(rect)
    }

    /// The bar at a pixel, its gap to the right counted as its own: a bar of one pixel must be possible to hit.
    pub fn at(&self, x: u32, y: u32) -> Option<usize> {
        let group = self.groups.get(self.groups.partition_point(|group| group.top <= y).checked_sub(1)?)?;
        let row = usize::try_from((y - group.top) / self.row_pitch.max(1)).ok()?;
        let column = usize::try_from(x / self.pitch.max(1)).ok().filter(|column| *column < self.columns)?;
        let within = row.checked_mul(self.columns)?.checked_add(column).filter(|within| *within < group.count)?;
        let index = group.first + within;
        self.rect(index).map(|_| index)
    }

    fn place(&mut self, counts: &[usize], space: &Spaces) {
        let (mut first, mut top) = (0_usize, 0_u32);
        for &count in counts {
            let rows = u32::try_from(count.div_ceil(self.columns)).unwrap_or(u32::MAX);
            let height = rows.saturating_mul(self.row_pitch).saturating_sub(space.between_rows);
            self.groups.push(Group { first, count, top, height });
            first = first.saturating_add(count);
            if count > 0 {
                top = top.saturating_add(height).saturating_add(space.between_groups);
            }
        }
    }
}

/// The empty lines of the picture.
struct Spaces {
    height: u32,
    groups: usize,
    between_groups: u32,
    between_rows: u32,
}

impl Spaces {
    fn new(groups: usize, height: u32, scale: f64) -> Self {
        let groups = groups.max(1);
        // Never more than a fifth of the height is spent on what lies between groups.
        let room = (height as usize / 5 / groups).min((8.0 * scale) as usize);
        Self { height, groups, between_groups: u32::try_from(room).unwrap_or(0), between_rows: (2.0 * scale) as u32 }
    }

    /// The height that is left for each of `rows` rows; zero when they do not fit.
    fn row_height(&self, rows: usize) -> u32 {
        let between_groups = (self.groups - 1).saturating_mul(self.between_groups as usize);
        let between_rows = rows.saturating_sub(self.groups).saturating_mul(self.between_rows as usize);
        let left = (self.height as usize).saturating_sub(between_groups).saturating_sub(between_rows);
        u32::try_from(left.checked_div(rows).unwrap_or(0)).unwrap_or(0)
    }
}

fn columns(width: u32, pitch: u32) -> usize {
    ((width / pitch.max(1)) as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PICTURE: (u32, u32) = (1054, 236);

    #[test]
    fn few_nodes_have_wide_bars_with_names() {
        let layout = NodeLayout::new(&[3], PICTURE, 1.0);
        assert!(layout.name(0).is_some());
        assert_eq!(layout.rect(2), Some(Rect { x: 320, y: 20, width: 151, height: 216 }));
    }

    #[test]
    fn ten_nodes_stand_in_one_row() {
        let layout = NodeLayout::new(&[10], PICTURE, 1.0);
        assert!(layout.name(0).is_some());
        assert_eq!(layout.rect(9).map(|rect| rect.height), Some(216));
    }

    #[test]
    fn many_nodes_have_slender_bars_in_rows() {
        let layout = NodeLayout::new(&[1667, 1667, 1666], PICTURE, 1.0);
        assert_eq!(layout.name(0), None);
        let bar = layout.rect(4_999).expect("the last node has a place");
        assert!(bar.width >= 1 && bar.height >= 12, "{bar:?}");
    }

    #[test]
    fn thousands_of_bars_make_a_skyline_without_gaps() {
        for (size, scale) in [(PICTURE, 1.0), ((644, 236), 1.0), ((1288, 472), 2.0)] {
            let layout = NodeLayout::new(&[1667, 1667, 1666], size, scale);
            let (first, second) = (layout.rect(0).unwrap(), layout.rect(1).unwrap());
            assert_eq!(first.right(), second.x, "{size:?} {first:?} {second:?}");
            assert!(f64::from(first.height) >= 10.0 * scale, "{size:?} {first:?}");
        }
    }

    #[test]
    fn a_dense_screen_has_finer_bars() {
        let plain = NodeLayout::new(&[5_000], PICTURE, 1.0).rect(0).map(|rect| f64::from(rect.width));
        let dense = NodeLayout::new(&[5_000], (2108, 472), 2.0).rect(0).map(|rect| f64::from(rect.width) / 2.0);
        assert!(dense >= plain, "{dense:?} and {plain:?} CSS pixels");
    }

    #[test]
    fn groups_lie_below_each_other_and_empty_ones_take_no_room() {
        let layout = NodeLayout::new(&[2, 0, 2], PICTURE, 1.0);
        let (first, last) = (layout.group(0).unwrap(), layout.group(2).unwrap());
        assert_eq!(layout.group(1), None);
        assert_eq!(last.y, first.bottom() + 8);
        assert_eq!(layout.name(2).map(|rect| rect.y), Some(last.y));
    }

    #[test]
    fn more_nodes_than_pixels_do_not_panic() {
        for count in [1_000_000, usize::MAX] {
            let layout = NodeLayout::new(&[count, count], (300, 100), 1.0);
            assert!(layout.rect(0).is_some() && layout.rect(count - 1).is_none());
        }
    }

    proptest! {
        #[test]
        fn a_hit_names_the_bar_that_is_there(
            counts in prop::collection::vec(0_usize..2_000, 0..6), width in 0_u32..2_500, height in 0_u32..600,
            scale in 0.5..4.0_f64, index in 0_usize..6_000,
        ) {
            let layout = NodeLayout::new(&counts, (width, height), scale);
            if let Some(rect) = layout.rect(index) {
                prop_assert!(index < layout.len());
                prop_assert!(!rect.is_empty());
                prop_assert_eq!(layout.at(rect.x, rect.y), Some(index));
                prop_assert_eq!(layout.at(rect.right() - 1, rect.bottom() - 1), Some(index));
            }
        }

        #[test]
        fn bars_never_overlap(counts in prop::collection::vec(0_usize..80, 1..5), width in 1_u32..400, height in 1_u32..300) {
            let layout = NodeLayout::new(&counts, (width, height), 1.0);
            let mut seen = std::collections::HashSet::new();
            for rect in (0..layout.len()).filter_map(|index| layout.rect(index)) {
                for y in rect.y..rect.bottom() {
                    for x in rect.x..rect.right() {
                        prop_assert!(seen.insert((x, y)), "{},{} twice", x, y);
                    }
                }
            }
        }
    }
}
