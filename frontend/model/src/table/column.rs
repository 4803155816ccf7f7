//! The columns of a table.

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its head.
    pub title: &'static str,
    /// The width that it has at least.
    pub width_px: u32,
    /// Numbers stand to the right.
    pub numeric: bool,
    /// Whether it is shown where nobody has chosen columns.
    pub usual: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(id: &'static str, title: &'static str, width_px: u32) -> Self {
        Self { id, title, width_px, numeric: false, usual: true }
    }

    /// A column of numbers.
    pub const fn numbers(id: &'static str, title: &'static str, width_px: u32) -> Self {
        Self { id, title, width_px, numeric: true, usual: true }
    }

    /// The same, shown only where somebody has chosen it.
    #[must_use]
    pub const fn on_choice(self) -> Self {
        Self { usual: false, ..self }
    }
}
