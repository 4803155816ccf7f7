//! Modal dialogs: the browser's own, which keep the focus inside and close on Escape.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};

/// Opens or closes the dialog `element`; it stays as it is if it is so already.
pub fn set_open(element: &Element, open: bool) {
    let Some(dialog) = element.dyn_ref::<HtmlDialogElement>() else {
        return;
    };
    if open && !dialog.open() {
        // It fails only for an element that is not in the page.
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}
