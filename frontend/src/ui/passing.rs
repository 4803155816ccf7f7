//! Memos of what comes and goes.

use leptos::prelude::*;
use leptos::reactive::graph::{Subscriber, ToAnySubscriber};

/// A memo that is forgotten by what it reads when its owner ends.
///
/// The library's own stays in the subscribers of each signal it has read for as long as that signal lives, which every
/// notification then walks. So whatever is made anew while the page stays (a row, an age) reads signals that outlive it
/// through one of these.
pub fn passing<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let memo = ArcMemo::new(read);
    let subscriber = memo.to_any_subscriber();
    on_cleanup(move || subscriber.clear_sources(&subscriber));
    memo.into()
}
