//! A notice: something to know about the whole page.

use leptos::prelude::*;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    Note,
    /// May lead to trouble.
    Warn,
    /// Is trouble.
    Bad,
}

/// A notice with its words as children; it can be put away where `dismiss` is given.
#[component]
pub fn Notice(
    /// How much it matters.
    weight: Weight,
    /// Puts it away.
    #[prop(optional, into)]
    dismiss: Option<Callback<()>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let (class, role) = match weight {
        Weight::Note => ("notice", "note"),
        Weight::Warn => ("notice warn", "status"),
        Weight::Bad => ("notice bad", "alert"),
    };
    let button = dismiss.map(|dismiss| {
        view! { <button class="button plain grow" aria-label="Put this notice away" on:click=move |_| dismiss.run(())>"✕"</button> }
    });
    view! {
        <div class=class role=role>
            <span>{children()}</span>
            {button}
        </div>
    }
}
