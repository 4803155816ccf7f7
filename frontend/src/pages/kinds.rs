//! What the pages of kinds on demand share.

use leptos::prelude::*;
use model::demand::Kind;
use model::store::Store;
use model::table::workload::PodsOf;

use crate::live::kinds::Kinds;
use crate::live::{Cluster, Feed};
use crate::ui::notice::{Notice, Weight};

/// Several kinds as one list: those that could never be seen take no part, unless none could.
pub fn combined(kinds: &Kinds, of: &[Kind]) -> Feed {
    Feed::seen(of.iter().map(|kind| kinds.feed(*kind)).collect())
}

/// Tries kinds again.
pub fn retry(of: &'static [Kind]) -> Callback<()> {
    let kinds: Kinds = expect_context();
    Callback::new(move |()| {
        for kind in of {
            kinds.retry(*kind);
        }
    })
}

/// Pods counted for rows of a kind, kept up to date.
pub fn pods_of(version: &ArcRwSignal<u64>, count: fn(&Store) -> PodsOf) -> Memo<PodsOf> {
    let cluster: Cluster = expect_context();
    let (version, pods) = (version.clone(), cluster.pods_version());
    Memo::new(move |_| {
        version.track();
        pods.track();
        cluster.store(count)
    })
}

/// Says which kinds may not be listed, or only in some namespaces, in the server's words.
#[component]
pub fn LeftOut(
    /// Each with its words and its name.
    kinds: &'static [(Kind, &'static str, &'static str)],
) -> impl IntoView {
    let live: Kinds = expect_context();
    let notes = Memo::new(move |_| {
        let note = |(kind, words, _): &(Kind, &str, &str)| {
            let restricted = live.restricted(*kind);
            let feed = live.feed(*kind);
            // What was there once is told of where its rows are shown.
            if let (true, Some(failure)) = (feed.is_unseen(), feed.failure()) {
                return Some(format!("{words}: {} {}", failure.sentence(), failure.server_words().unwrap_or_default()));
            }
            let restricted = restricted?;
            Some(format!(
                "{words}: only those of {}. {}",
                restricted.namespaces.join(", "),
                restricted.failure.server_words().unwrap_or_default()
            ))
        };
        kinds.iter().filter_map(note).collect::<Vec<_>>()
    });
    move || {
        notes.with(|notes| {
            (!notes.is_empty()).then(|| {
                let lines = notes.iter().cloned().map(|note| view! { <li>{note}</li> }).collect_view();
                view! {
                    <Notice weight=Weight::Note>
                        "You may not list all of this. Name namespaces above to see what is in them."
                        <ul class="mute">{lines}</ul>
                    </Notice>
                }
            })
        })
    }
}
