//! Walking along the marks of a chart, and where the words of one stand.

use super::Rect;

/// How far the up and down keys go.
const STRIDE: usize = 10;

/// Where the words stand: under a mark in the upper half and above one in the lower, on the side where there is room.
pub fn placed(rect: Rect, (width, height): (u32, u32), ratio: f64) -> String {
    let css = |device: u32| (f64::from(device) / ratio).round() as i32;
    let (x, from_right) = if rect.x > width / 2 { (css(rect.right()), "-100%") } else { (css(rect.x), "0") };
    let (y, from_bottom) = if rect.y > height / 2 { (css(rect.y) - 6, "-100%") } else { (css(rect.bottom()) + 6, "0") };
    format!("translate({x}px, {y}px) translate({from_right}, {from_bottom})")
}

/// Where a key leads from the pointed mark; none if it leads nowhere.
pub fn step(key: &str, from: Option<usize>, count: usize) -> Option<Option<usize>> {
    let last = count.checked_sub(1)?;
    let to = match (key, from) {
        ("Escape", _) => return Some(None),
        ("Home", _) => 0,
        ("End", _) => last,
        ("ArrowRight" | "ArrowLeft" | "ArrowDown" | "ArrowUp", None) => 0,
        ("ArrowRight", Some(at)) => at + 1,
        ("ArrowLeft", Some(at)) => at.saturating_sub(1),
        ("ArrowDown", Some(at)) => at + STRIDE,
        ("ArrowUp", Some(at)) => at.saturating_sub(STRIDE),
        _ => return None,
    };
    Some(Some(to.min(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_along_the_marks_and_stop_at_the_ends() {
        let check = |key, from, expect| assert_eq!(step(key, from, 30), expect, "{key} from {from:?}");
        check("ArrowRight", None, Some(Some(0)));
        check("ArrowRight", Some(28), Some(Some(29)));
        check("ArrowRight", Some(29), Some(Some(29)));
        check("ArrowLeft", Some(0), Some(Some(0)));
        check("ArrowDown", Some(5), Some(Some(15)));
        check("End", Some(5), Some(Some(29)));
        check("Escape", Some(5), Some(None));
        check("a", Some(5), None);
        assert_eq!(step("ArrowRight", None, 0), None);
    }

    #[test]
    fn the_words_stay_inside_the_chart() {
        let rect = |x, y| Rect { x, y, width: 4, height: 40 };
        assert_eq!(placed(rect(10, 0), (1000, 400), 2.0), "translate(5px, 26px) translate(0, 0)");
        assert_eq!(placed(rect(990, 360), (1000, 400), 2.0), "translate(497px, 174px) translate(-100%, -100%)");
    }
}
