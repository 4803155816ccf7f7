//! The colours of the style sheet are told apart by eyes that see less: WCAG 2.2 AA, in both themes.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../style/base.css");

/// Words, on every surface that words stand on.
const WORDS: [&str; 6] = ["--text", "--mute", "--faint", "--accent", "--warn-text", "--bad-text"];
const SURFACES: [&str; 3] = ["--bg", "--panel", "--accent-bg"];
/// Marks of charts, on the surfaces that charts are drawn on.
const MARKS: [&str; 6] = ["--ok", "--requested", "--warn", "--bad", "--unknown", "--hatch"];
const UNDER_MARKS: [&str; 2] = ["--panel", "--track"];

#[test]
fn words_are_told_from_what_they_stand_on() {
    for theme in themes() {
        for word in WORDS {
            for surface in SURFACES {
                check(&theme, word, surface, 4.5);
            }
        }
        check(&theme, "--on-accent", "--accent", 4.5);
        check(&theme, "--text", "--added", 4.5);
        check(&theme, "--text", "--removed", 4.5);
    }
}

#[test]
fn marks_and_the_edges_of_fields_are_told_from_what_is_around_them() {
    for theme in themes() {
        for mark in MARKS {
            for surface in UNDER_MARKS {
                check(&theme, mark, surface, 3.0);
            }
        }
        check(&theme, "--line-strong", "--panel", 3.0);
        check(&theme, "--line-strong", "--bg", 3.0);
    }
}

type Theme = HashMap<&'static str, f64>;

fn check(theme: &Theme, front: &str, back: &str, least: f64) {
    let (front_light, back_light) = (theme[front], theme[back]);
    let ratio = (front_light.max(back_light) + 0.05) / (front_light.min(back_light) + 0.05);
    let dark = theme["--bg"] < 0.5;
    assert!(ratio >= least, "{front} on {back} is {ratio:.2}:1 in the {} theme", if dark { "dark" } else { "light" });
}

/// The relative luminance of every colour, in the light theme and in the dark one.
fn themes() -> Vec<Theme> {
    let themes: Vec<Theme> = STYLE.split(":root").skip(1).map(colors).filter(|theme| !theme.is_empty()).collect();
    assert_eq!(themes.len(), 2, "a light theme and a dark one");
    themes
}

fn colors(block: &'static str) -> Theme {
    let (body, _) = block.split_once('}').expect("a block ends");
    body.lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(": #"))
        .map(|(name, hex)| (name, luminance(u32::from_str_radix(hex, 16).expect("six digits"))))
        .collect()
}

fn luminance(color: u32) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from((color >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}
