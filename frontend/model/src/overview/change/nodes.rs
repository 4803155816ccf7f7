//! What became of nodes: of those of one zone that had the same fate within a few minutes it is told once.

use super::{Change, leading_to};
use crate::chart::stack::Tone;
use crate::failing;
use crate::filter::NONE;
use crate::format::count;
use crate::k8s::node::NodeReadiness;
use crate::order::sorted;
use crate::route::Page;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;

/// What lies no further apart happened together.
const TOGETHER_S: i64 = 300;

/// What became of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Joined,
    Ready,
    NotReady,
    WasLost,
    ShortOfMemory,
    ShortOfDisk,
    ShortOfProcessIds,
}

/// What became of one node.
struct Became<'s> {
    fate: Fate,
    at_s: i64,
    row: &'s NodeRow,
}

/// What became of nodes at the times that `is_recent` lets pass.
pub(super) fn nodes(store: &Store, is_recent: impl Fn(i64) -> bool) -> Vec<Change> {
    let by_status = store.nodes.rows().iter().flat_map(|(_, row)| fates(row));
    let all = by_status.chain(lost(store)).filter(|became| is_recent(became.at_s));
    let text = |name: Name| store.names.text(name);
    let place = |became: &Became<'_>| (became.fate, text(became.row.zone).to_owned(), became.at_s);
    let all = sorted(all.collect::<Vec<_>>(), |a, b| {
        place(a).cmp(&place(b)).then_with(|| text(a.row.name).cmp(text(b.row.name)))
    });
    let together = |a: &Became<'_>, b: &Became<'_>| {
        (a.fate, a.row.zone) == (b.fate, b.row.zone) && b.at_s.saturating_sub(a.at_s) <= TOGETHER_S
    };
    all.chunk_by(together).filter_map(|nodes| change(store, nodes)).collect()
}

fn fates(row: &NodeRow) -> impl Iterator<Item = Became<'_>> {
    // A node that joins becomes ready, which is no news of its own.
    let back_s =
        row.since_s.filter(|since_s| row.created_s.is_none_or(|at_s| since_s.saturating_sub(at_s) > TOGETHER_S));
    let ready = match row.readiness {
        NodeReadiness::Ready => (Fate::Ready, back_s),
        NodeReadiness::NotReady | NodeReadiness::Unknown => (Fate::NotReady, row.since_s),
    };
    let short = [
        (row.pressure.memory, Fate::ShortOfMemory),
        (row.pressure.disk, Fate::ShortOfDisk),
        (row.pressure.pid, Fate::ShortOfProcessIds),
    ];
    let short = short.into_iter().find(|(short, _)| *short).map(|(_, fate)| (fate, row.pressed_s));
    let all = [Some((Fate::Joined, row.created_s)), Some(ready), short];
    all.into_iter().flatten().filter_map(move |(fate, at_s)| Some(Became { fate, at_s: at_s?, row }))
}

/// When nodes that are ready again were lost: their statuses have forgotten it, events have not.
fn lost(store: &Store) -> Vec<Became<'_>> {
    let Some(reason) = store.names.find("NodeNotReady") else { return Vec::new() };
    let told = store.events.rows().iter().map(|(_, event)| event).filter(|event| event.reason == reason);
    let lost = told.filter(|event| store.names.text(event.kind) == "Node").filter_map(|event| {
        let row = store.nodes.by_name(store.names.find(&event.name)?)?;
        Some(Became { fate: Fate::WasLost, at_s: event.last_s?, row })
    });
    lost.filter(|became| became.row.readiness == NodeReadiness::Ready).collect()
}

fn change(store: &Store, nodes: &[Became<'_>]) -> Option<Change> {
    let first = nodes.first()?;
    let (fate, zone) = (first.fate, store.names.text(first.row.zone));
    let (words, page, query) = if nodes.len() == 1 {
        let name = store.names.text(first.row.name).to_owned();
        (format!("{name} {}", fate.words(true)), Page::Node { name }, String::new())
    } else {
        let at = if zone.is_empty() { String::new() } else { format!(" in {zone}") };
        let words = format!("{} nodes{at} {}", count(nodes.len() as u64), fate.words(false));
        let rows: Vec<&NodeRow> = nodes.iter().map(|became| became.row).collect();
        let zone = if zone.is_empty() { NONE } else { zone };
        let short = format!("{} zone:{zone}", fate.term());
        let (query, found) = failing::leading_to(store, &[short.trim_start()], fate.term(), &rows);
        (leading_to(words, found, nodes.len()), Page::Nodes, query)
    };
    Some(Change { at_s: first.at_s, tone: fate.tone(), words, page, query })
}

impl Fate {
    fn tone(self) -> Tone {
        match self {
            Self::Joined | Self::Ready => Tone::Ok,
            Self::NotReady | Self::WasLost => Tone::Bad,
            Self::ShortOfMemory | Self::ShortOfDisk | Self::ShortOfProcessIds => Tone::Warn,
        }
    }

    fn words(self, one: bool) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Ready if one => "is ready",
            Self::Ready => "are ready",
            Self::NotReady if one => "is not ready",
            Self::NotReady => "are not ready",
            Self::WasLost if one => "was lost",
            Self::WasLost => "were lost",
            Self::ShortOfMemory if one => "is short of memory",
            Self::ShortOfMemory => "are short of memory",
            Self::ShortOfDisk if one => "is short of disk",
            Self::ShortOfDisk => "are short of disk",
            Self::ShortOfProcessIds if one => "is short of process ids",
            Self::ShortOfProcessIds => "are short of process ids",
        }
    }

    /// The term that holds of those that have this fate, as far as one says so.
    fn term(self) -> &'static str {
        match self {
            Self::Joined | Self::WasLost => "",
            Self::Ready => "status:ready",
            Self::NotReady => "status:not-ready",
            Self::ShortOfMemory => "cause:memory-pressure",
            Self::ShortOfDisk => "cause:disk-pressure",
            Self::ShortOfProcessIds => "cause:pid-pressure",
        }
    }
}
