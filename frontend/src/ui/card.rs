//! A card and its four faces.

mod stale;

use leptos::prelude::*;

pub use stale::StaleNotice;

/// What a card shows in place of, or as, its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// It is on its way: what, and how much of it has come.
    Loading(String),
    /// There is nothing, and that is an answer: why, and what to do.
    Empty {
        /// Why there is nothing.
        why: String,
        /// What to do about it.
        next: String,
    },
    /// It could not be had: what was tried, the server's own words, and ours.
    Failed {
        /// What was tried.
        tried: String,
        /// What the server said; may be empty.
        said: String,
        /// What to do about it.
        next: String,
    },
    /// The contents, which are not kept up to date any more: what was tried, the server's own words, and ours.
    Stale {
        /// What was tried.
        tried: String,
        /// What the server said; may be empty.
        said: String,
        /// What to do about it.
        next: String,
        /// When they were last known to be true, in seconds since the epoch.
        as_of_s: i64,
    },
    /// The contents.
    Full,
}

impl Face {
    /// Whether the contents are there.
    pub fn shows_contents(&self) -> bool {
        matches!(self, Self::Full | Self::Stale { .. })
    }
}

/// A card with a title. While `face` is not full its contents are not built; it fails alone.
#[component]
pub fn Card(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Which face it shows.
    #[prop(into)]
    face: Signal<Face>,
    /// Tries again what failed; without it there is no button.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
    /// What stands beside the title.
    #[prop(optional, into)]
    aside: ViewFn,
    /// The contents.
    children: ChildrenFn,
) -> impl IntoView {
    // The contents stay while they change; only a change of the face builds anew.
    let full = Memo::new(move |_| face.with(Face::shows_contents));
    let children = StoredValue::new(children);
    view! {
        <section class="card" aria-label=title aria-busy=move || matches!(face.get(), Face::Loading(_)).to_string()>
            <header>
                <h2>{title}</h2>
                <div class="aside">{move || aside.run()}</div>
            </header>
            <StaleNotice face retry />
            <Show when=move || full.get() fallback=move || view! { <FaceView face retry /> }>
                {children.with_value(|children| children())}
            </Show>
        </section>
    }
}

/// A face other than the full one, also where there is no card around it.
#[component]
pub fn FaceView(
    /// Which.
    #[prop(into)]
    face: Signal<Face>,
    /// Tries again what failed.
    retry: Option<Callback<()>>,
) -> impl IntoView {
    move || {
        match face.get() {
        Face::Full | Face::Stale { .. } => ().into_any(),
        Face::Loading(words) => view! {
            <div class="face" role="status">
                <span>{words}</span>
                <div class="progress"></div>
            </div>
        }
        .into_any(),
        Face::Empty { why, next } => view! {
            <div class="face">
                <strong>{why}</strong>
                <span>{next}</span>
            </div>
        }
        .into_any(),
        Face::Failed { tried, said, next } => view! {
            <div class="face" role="alert">
                <strong>{tried}</strong>
                {(!said.is_empty()).then(|| view! { <blockquote>{said}</blockquote> })}
                <span>{next}</span>
                {retry.map(|retry| view! { <button class="button" on:click=move |_| retry.run(())>"Try again"</button> })}
            </div>
        }
        .into_any(),
    }
    }
}
