//! A rectangle of pixels.

/// The pixels from `x`, `y` on, `width` by `height` of them; empty when either is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Rect {
    /// The rectangle of `width` by `height` pixels at the origin.
    pub fn of_size((width, height): (u32, u32)) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// The first column to the right of it.
    pub fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The first line below it.
    pub fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it has no pixels.
    pub fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the pixel at `x`, `y` is one of its own.
    pub fn contains(&self, x: u32, y: u32) -> bool {
        x >= self.x && x < self.right() && y >= self.y && y < self.bottom()
    }

    /// Its lowest lines, `height` of them or all that it has.
    pub fn lower(&self, height: u32) -> Self {
        let height = height.min(self.height);
        Self { y: self.bottom() - height, height, ..*self }
    }

    /// Its leftmost columns, `width` of them or all that it has.
    pub fn left(&self, width: u32) -> Self {
        Self { width: width.min(self.width), ..*self }
    }
}
