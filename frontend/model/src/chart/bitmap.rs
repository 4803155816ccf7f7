//! For tests: a chart drawn on a bitmap with a margin around it that must stay untouched.

use plotters::prelude::{BitMapBackend, IntoDrawingArea};
use plotters::style::RGBColor;

use super::{Area, Theme};

/// The margin on each side.
const MARGIN: u32 = 8;
/// A colour that no chart draws.
pub const UNTOUCHED: RGBColor = RGBColor(255, 0, 255);

/// The light theme at one device pixel in a CSS pixel.
pub const LIGHT: Theme = Theme {
    panel: RGBColor(0xff, 0xff, 0xff),
    text: RGBColor(0x1a, 0x21, 0x29),
    track: RGBColor(0xed, 0xf0, 0xf4),
    hatch: RGBColor(0x71, 0x85, 0x9a),
    requested: RGBColor(0x5c, 0x89, 0xb8),
    ok: RGBColor(0x24, 0x73, 0xb5),
    warn: RGBColor(0xa8, 0x6a, 0x00),
    bad: RGBColor(0xc0, 0x3a, 0x12),
    unknown: RGBColor(0x7d, 0x88, 0x94),
    scale: 1.0,
};

/// The light theme at `scale`, bounded as it is when it is read.
pub fn theme(scale: f64) -> Theme {
    Theme { scale: Theme::from_properties(|_| String::new(), scale).scale, ..LIGHT }
}

/// What was drawn.
pub struct Bitmap {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// Draws on `width` by `height` pixels and checks that nothing lies outside of them.
    pub fn of(width: u32, height: u32, draw: impl FnOnce(&Area<BitMapBackend<'_>>)) -> Self {
        let (outer_width, outer_height) = (width + 2 * MARGIN, height + 2 * MARGIN);
        let mut bytes = vec![0; (outer_width * outer_height * 3) as usize];
        {
            let root = BitMapBackend::with_buffer(&mut bytes, (outer_width, outer_height)).into_drawing_area();
            root.fill(&UNTOUCHED).unwrap();
            draw(&root.margin(MARGIN, MARGIN, MARGIN, MARGIN));
            root.present().unwrap();
        }
        let bitmap = Self { width, height, bytes };
        for y in 0..outer_height {
            for x in 0..outer_width {
                let inside = (MARGIN..MARGIN + width).contains(&x) && (MARGIN..MARGIN + height).contains(&y);
                assert!(inside || bitmap.outer(x, y) == UNTOUCHED, "drawn outside, at {x},{y} of the margin");
            }
        }
        bitmap
    }

    /// The colour of a pixel.
    pub fn pixel(&self, x: u32, y: u32) -> RGBColor {
        self.outer(x + MARGIN, y + MARGIN)
    }

    /// The colours of a line from left to right.
    pub fn line(&self, y: u32) -> impl Iterator<Item = RGBColor> + '_ {
        (0..self.width).map(move |x| self.pixel(x, y))
    }

    /// How many pixels are exactly of `color`.
    pub fn count(&self, color: RGBColor) -> usize {
        (0..self.height).flat_map(|y| self.line(y)).filter(|pixel| *pixel == color).count()
    }

    fn outer(&self, x: u32, y: u32) -> RGBColor {
        let at = (((self.width + 2 * MARGIN) * y + x) * 3) as usize;
        RGBColor(self.bytes[at], self.bytes[at + 1], self.bytes[at + 2])
    }
}
