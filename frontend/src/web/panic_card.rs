//! What is shown when the app has a bug that ends it: never a blank page.

/// Shows the card from now on instead of dying silently.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.to_string();
        web_sys::console::error_1(&wasm_bindgen::JsValue::from_str(&format!("pilothouse panicked: {what}")));
        show(&what);
    }));
}

fn show(what: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let body = document.body()?;
    let card = document.create_element("div").ok()?;
    card.set_class_name("panic card");
    let _ = card.set_attribute("role", "alert");
    for (tag, text) in [
        ("h2", "Pilothouse has stopped because of an error of its own"),
        ("p", "Your cluster is not affected. Load the page again to go on; what you looked at is in the address."),
        ("p", "Please report this text, which holds no data of your cluster:"),
        ("pre", what),
    ] {
        let element = document.create_element(tag).ok()?;
        element.set_text_content(Some(text));
        card.append_child(&element).ok()?;
    }
    let link = document.create_element("a").ok()?;
    link.set_text_content(Some("Reload"));
    let _ = link.set_attribute("href", "");
    link.set_class_name("button primary");
    card.append_child(&link).ok()?;
    body.prepend_with_node_1(&card).ok()
}
