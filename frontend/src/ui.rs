//! The parts that pages are made of: functions of signals to views, which know nothing of clusters.

pub mod again;
pub mod bar;
pub mod card;
pub mod chart;
pub mod keys;
pub mod look;
pub mod middle;
pub mod notice;
pub mod passing;
pub mod pods_bar;
pub mod stack;
pub mod state_mark;
pub mod table;
pub mod table_tools;
pub mod tabs;
