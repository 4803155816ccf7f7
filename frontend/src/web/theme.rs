//! The theme of the page, and what this browser remembers of the user's choice.

use model::chart::Theme;

/// `start.js` reads it too, before the first paint.
const KEY: &str = "pilothouse:theme";

/// The theme that was chosen here before, if one was.
pub fn remembered() -> Option<String> {
    storage()?.get_item(KEY).ok()?
}

/// Remembers a choice; `None` forgets it. Storage may be forbidden: then the choice lasts as long as the page.
pub fn remember(theme: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match theme {
        Some(theme) => storage.set_item(KEY, theme),
        None => storage.remove_item(KEY),
    };
}

/// Puts `light` or `dark` on the page.
pub fn apply(theme: &str) {
    if let Some(root) = root() {
        let _ = root.set_attribute("data-theme", theme);
    }
}

/// The colours of the page as it looks now.
pub fn chart_theme(pixel_ratio: f64) -> Theme {
    let style = root().and_then(|r| web_sys::window()?.get_computed_style(&r).ok().flatten());
    let property = |name: &str| style.as_ref().and_then(|s| s.get_property_value(name).ok()).unwrap_or_default();
    Theme::from_properties(property, pixel_ratio)
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}
