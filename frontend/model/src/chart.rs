//! The charts, drawn with plotters on whatever implements its `DrawingBackend`: a canvas in the browser, a bitmap in tests.
//!
//! A chart draws marks, never words: titles, legends, names and tooltips are HTML, where they can be read aloud, copied and
//! zoomed. Where a chart can be pointed at, its geometry is a value of its own (`NodeLayout`, `StackLayout`) that drawing and
//! hit tests share. What is made of bars is a value too (`Bars`), which can glide from what was shown before (`Glide`). All lengths are device pixels; `Theme::scale` says how many make one CSS pixel.

pub mod bars;
pub mod bursts;
pub mod capacity;
pub mod glide;
pub mod level;
pub mod marks;
pub mod matrix;
pub mod nodes;
pub mod rect;
pub mod sheet;
pub mod sparkline;
pub mod stack;
pub mod theme;
pub mod timeline;

mod fill;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::DrawingBackend;

pub use bars::Bars;
pub use glide::Glide;
pub use level::Level;
pub use rect::Rect;
pub use theme::Theme;

/// Where a chart draws: the whole of a surface, or a part of it.
pub type Area<B> = DrawingArea<B, Shift>;

/// How drawing ends: the error is the backend's own.
pub type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

#[cfg(test)]
mod bitmap;
