//! Pointing at pixels, for what is drawn and has no elements.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Browser;

/// A pixel of the page, in CSS pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

impl Browser {
    /// The middle of the first element that a selector finds, brought into sight.
    pub async fn middle_of(&self, selector: &str) -> Result<Point> {
        const MIDDLE: &str = "const found = document.querySelector(arguments[0]);
            found?.scrollIntoView({ block: 'nearest' });
            const box = found?.getBoundingClientRect();
            return box && [box.x + box.width / 2, box.y + box.height / 2]";
        let middle = self.script(MIDDLE, vec![json!(selector)]).await?;
        let at = |place: usize| middle.get(place).and_then(Value::as_f64).with_context(|| format!("no {selector}"));
        Ok(Point { x: at(0)?, y: at(1)? })
    }

    /// Moves the mouse there.
    pub async fn point_at(&self, point: Point) -> Result<()> {
        self.mouse("mouseMoved", point).await
    }

    /// Clicks there with the mouse.
    pub async fn click_at(&self, point: Point) -> Result<()> {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            self.mouse(kind, point).await?;
        }
        Ok(())
    }

    /// Taps there with a finger.
    pub async fn tap_at(&self, Point { x, y }: Point) -> Result<()> {
        self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
        for (kind, fingers) in [("touchStart", json!([{ "x": x, "y": y }])), ("touchEnd", json!([]))] {
            self.cdp("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": fingers })).await?;
        }
        Ok(())
    }

    async fn mouse(&self, kind: &str, Point { x, y }: Point) -> Result<()> {
        let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
        self.cdp("Input.dispatchMouseEvent", event).await.map(drop)
    }
}
