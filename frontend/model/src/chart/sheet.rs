//! Rectangles that are filled here, pixel by pixel, and given to a canvas all at once: five thousand bars are one call into the
//! browser in place of ten thousand.

/// Red, green, blue and alpha.
pub type Ink = [u8; 4];

/// 2560 × 1600, more or less. Of what is larger, each rectangle goes to the canvas by itself.
const MOST_PIXELS: usize = 1 << 22;

/// The pixels of a canvas on which nothing was drawn yet.
#[derive(Debug, Default)]
pub struct Sheet {
    /// None where something was drawn on the canvas: what lies on a sheet would take its place.
    size: Option<(usize, usize)>,
    /// Empty until something is filled.
    pixels: Vec<Ink>,
}

impl Sheet {
    /// A clear sheet for a canvas that is clear.
    #[must_use]
    pub fn clear((width, height): (u32, u32)) -> Self {
        let size = (width as usize, height as usize);
        Self {
            size: Some(size).filter(|(width, height)| width.saturating_mul(*height) <= MOST_PIXELS),
            pixels: Vec::new(),
        }
    }

    /// Fills what lies on the sheet of a rectangle, from its first pixel to the first beyond it; false where that is for the
    /// canvas to do.
    pub fn fill(&mut self, (left, top): (i32, i32), (right, bottom): (i32, i32), ink: Ink) -> bool {
        let Some((width, height)) = self.size.filter(|_| ink[3] == u8::MAX) else { return false };
        if self.pixels.is_empty() {
            self.pixels.resize(width * height, Ink::default());
        }
        let at = |pixel: i32, most: usize| usize::try_from(pixel).unwrap_or_default().min(most);
        let (left, right) = (at(left, width), at(right, width));
        let rows = self.pixels.chunks_exact_mut(width.max(1)).take(at(bottom, height)).skip(at(top, height));
        for row in rows {
            row.get_mut(left..right).into_iter().for_each(|bar| bar.fill(ink));
        }
        true
    }

    /// What was filled, with its width and height; none if nothing was. From then on all is for the canvas itself.
    pub fn take(&mut self) -> Option<(Vec<Ink>, (usize, usize))> {
        let (size, pixels) = (self.size.take(), std::mem::take(&mut self.pixels));
        Some((pixels, size?)).filter(|(pixels, _)| !pixels.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Ink = [255, 0, 0, 255];

    fn red(sheet: &Sheet) -> Vec<usize> {
        sheet.pixels.iter().enumerate().filter(|(_, ink)| **ink == RED).map(|(at, _)| at).collect()
    }

    #[test]
    fn a_rectangle_is_filled_up_to_the_pixel_beyond_it_and_to_the_edges() {
        let check = |from: (i32, i32), to: (i32, i32), expect: &[usize]| {
            let mut sheet = Sheet::clear((3, 2));
            assert!(sheet.fill(from, to, RED));
            assert_eq!(red(&sheet), expect, "{from:?} to {to:?}");
        };
        check((1, 0), (2, 2), &[1, 4]);
        check((0, 1), (3, 2), &[3, 4, 5]);
        check((-5, -5), (1, 1), &[0]);
        check((2, 1), (90, 90), &[5]);
        check((2, 1), (1, 0), &[]);
        check((i32::MIN, i32::MIN), (i32::MAX, i32::MAX), &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_shines_through_or_is_larger_than_a_screen_is_for_the_canvas() {
        assert!(!Sheet::clear((3, 2)).fill((0, 0), (1, 1), [255, 0, 0, 128]));
        assert!(!Sheet::clear((16_384, 16_384)).fill((0, 0), (1, 1), RED));
        let mut given = Sheet::clear((3, 2));
        assert_eq!(given.take(), None);
        assert!(!given.fill((0, 0), (1, 1), RED), "something is drawn there");
        assert!(Sheet::clear((0, 0)).fill((0, 0), (1, 1), RED), "and of nothing, nothing");
    }
}
