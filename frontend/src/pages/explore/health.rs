//! A group's bar of health.

use leptos::prelude::*;
use model::explore::Kind;
use model::explore::sum::PARTS;
use model::explore::tree::Line;

use crate::ui::stack::{Piece, Stack};

/// The bar: as long as the group is a part of what it belongs to, parted by state. A part is named by its state.
///
/// Each state has a part of its own, there or not, so that each glides by itself.
pub(super) fn bar(kinds: &[Kind], line: &Line) -> AnyView {
    let asked = PARTS.iter().zip(line.sum.parts()).filter(|(part, _)| kinds.contains(&part.kind));
    let pieces = asked.map(|(part, count)| {
        let name = (part.kind != Kind::Services).then_some(part.word);
        Piece { tone: part.tone, count, name }
    });
    view! { <Stack pieces=pieces.collect() whole=line.whole words=line.sum.words() /> }.into_any()
}

/// The filter's term that leaves what is in a part's state.
pub(super) fn term(part: &str) -> String {
    format!("status:{}", part.replace(' ', "-"))
}
