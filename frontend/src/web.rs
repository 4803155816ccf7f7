//! The edge: everything that touches the browser, and nothing that decides.

pub mod canvas;
pub mod clipboard;
pub mod clock;
pub mod dialog;
pub mod download;
pub mod fetch;
pub mod field;
pub mod fragment;
pub mod heap;
pub mod marks;
pub mod page;
pub mod panic_card;
pub mod row;
pub mod screen;
pub mod socket;
pub mod theme;
pub mod timer;
