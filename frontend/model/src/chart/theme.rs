//! The colours that charts draw with, read from the style sheet so that each is written down once.

use plotters::style::RGBColor;

/// The colours of one theme and the density of the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// The surface under the chart.
    pub panel: RGBColor,
    /// The colour of words, for ticks.
    pub text: RGBColor,
    /// The whole that marks are a part of.
    pub track: RGBColor,
    /// The stripes of what is requested.
    pub hatch: RGBColor,
    /// What is requested, where stripes would be too fine.
    pub requested: RGBColor,
    /// All is well.
    pub ok: RGBColor,
    /// Soon full, or not yet there.
    pub warn: RGBColor,
    /// Full, failing, not ready.
    pub bad: RGBColor,
    /// Not known.
    pub unknown: RGBColor,
    /// Device pixels in one CSS pixel.
    pub scale: f64,
}

impl Theme {
    /// The theme whose colours `property` answers for, each as `#rrggbb` under the style sheet's name.
    ///
    /// A colour that is missing or written in another way becomes a middle grey: a chart in grey is better than none.
    pub fn from_properties(property: impl Fn(&str) -> String, scale: f64) -> Self {
        let color = |name| hex_color(property(name).trim()).unwrap_or(RGBColor(128, 128, 128));
        Self {
            panel: color("--panel"),
            text: color("--text"),
            track: color("--track"),
            hatch: color("--hatch"),
            requested: color("--requested"),
            ok: color("--ok"),
            warn: color("--warn"),
            bad: color("--bad"),
            unknown: color("--unknown"),
            scale: if scale.is_finite() { scale.clamp(0.25, 8.0) } else { 1.0 },
        }
    }

    /// `css` pixels in device pixels, at least one.
    pub fn px(&self, css: f64) -> u32 {
        // A float becomes an integer by saturating; nothing here can be out of range anyway.
        (css * self.scale).round().max(1.0) as u32
    }
}

fn hex_color(text: &str) -> Option<RGBColor> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some(RGBColor(channel(0)?, channel(2)?, channel(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_read_as_the_style_sheet_writes_it() {
        let check = |text, expect| assert_eq!(hex_color(text), expect, "{text}");
        check("#2473b5", Some(RGBColor(0x24, 0x73, 0xb5)));
        check("2473b5", None);
        check("#fff", None);
        check("#ééé", None);
        check("", None);
    }

    #[test]
    fn a_style_sheet_that_did_not_load_gives_grey() {
        let theme = Theme::from_properties(|_| String::new(), f64::NAN);
        assert_eq!(theme.bad, RGBColor(128, 128, 128));
        assert_eq!(theme.scale, 1.0);
    }
}
