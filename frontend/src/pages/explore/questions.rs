//! Questions that are ready to be asked, where nothing is grouped yet.

use leptos::prelude::*;
use model::explore::ready::{Ready, ready};

use super::Explored;
use crate::app::use_place;
use crate::live::Cluster;

/// The links.
#[component]
pub(super) fn Questions(explored: Explored) -> impl IntoView {
    let cluster: Cluster = expect_context();
    // Which labels there are decides which questions make sense; they are looked at once there are objects.
    let there = Memo::new(move |_| explored.pool.with(|pool| !pool.is_empty()));
    let questions = Memo::new(move |_| {
        there.track();
        explored.pool.with_untracked(|pool| cluster.store(|store| ready(store, pool)))
    });
    view! {
        <section class="card" aria-label="Questions">
            <header><h2>"Choose by what to group, or start with a question"</h2></header>
            <ul class="questions">
                {move || questions.get().into_iter().map(|question| view! { <Question question /> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Question(question: Ready) -> impl IntoView {
    let place = use_place();
    let Ready { words, hint, question, sort } = question;
    let href = place.link(move |location| {
        let location = location.clone().with_sort(sort.clone());
        let view = question.write(location.view.clone());
        location.with_view(view)
    });
    view! { <li><a class="link" href=href>{words}</a>" "<span class="mute">{hint}</span></li> }
}
