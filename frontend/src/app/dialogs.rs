//! The dialogs that keys open: the list of keys, and the command palette. Their code is in the part that the other pages
//! are in.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::palette::Palette;
use crate::ui::keys::KeysDialog;

/// Which of them are open.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// The list of keys.
    pub(super) keys: RwSignal<bool>,
    /// The command palette.
    pub(super) palette: RwSignal<bool>,
}

/// The dialogs, once their code is here: it is asked for when the first is opened.
#[component]
pub(super) fn Dialogs(open: Open) -> impl IntoView {
    let code = RwSignal::new(None::<fn(Open) -> AnyView>);
    Effect::new(move || {
        let any = open.keys.get() || open.palette.get();
        if any && code.with_untracked(Option::is_none) {
            spawn_local(async move {
                match view_of_dialogs().await {
                    Ok(view) => code.set(Some(view)),
                    // The next key asks again.
                    Err(_) => {
                        open.keys.set(false);
                        open.palette.set(false);
                    }
                }
            });
        }
    });
    move || code.get().map(|view| view(open))
}

#[wasm_split(pages, fallible)]
fn view_of_dialogs() -> Result<fn(Open) -> AnyView, SplitLoaderError> {
    Ok(|open| view! { <KeysDialog open=open.keys /><Palette open=open.palette /> }.into_any())
}
