//! What stands above contents that are there and are not kept up to date any more.

use leptos::prelude::*;
use model::age;

use super::Face;
use crate::web::clock::epoch_s;
use crate::web::timer::Interval;

/// Says so while that is the face.
#[component]
pub fn StaleNotice(
    /// The face.
    face: Signal<Face>,
    /// Tries again.
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let stale = Memo::new(move |_| Some(face.get()).filter(|face| matches!(face, Face::Stale { .. })));
    move || {
        let Face::Stale { tried, said, next, as_of_s } = stale.get()? else { return None };
        Some(view! {
            <div class="notice warn" role="alert">
                <span>
                    <b>{tried}</b>" As of "<Ago since_s=as_of_s />" ago. "
                    {(!said.is_empty()).then(|| view! { <q>{said}</q>" " })}
                    {next}
                </span>
                {retry.map(|retry| view! { <button class="button" on:click=move |_| retry.run(())>"Try again"</button> })}
            </div>
        })
    }
}

/// An age that ticks by itself.
#[component]
fn Ago(since_s: i64) -> impl IntoView {
    let now_s = RwSignal::new(epoch_s());
    StoredValue::new_local(Interval::new(1000, move || now_s.set(epoch_s())));
    move || age::brief(now_s.get().saturating_sub(since_s))
}
