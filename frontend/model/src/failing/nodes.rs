//! Troubles of nodes, by their conditions: one line for those with one cause since one time.

use std::collections::BTreeMap;

use super::cause::Cause;
use super::history::History;
use super::named::in_short;
use super::{Rows, Trouble, rank, words};
use crate::filter::{Filter, Named, any_of};
use crate::order::sorted;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::nodes::NodeRow;

/// What began no further apart began together.
const TOGETHER_S: i64 = 300;

/// The troubles of nodes.
pub(super) fn nodes(store: &Store, now_s: i64) -> Vec<Trouble> {
    let mut alike: BTreeMap<(Cause, String), Vec<&NodeRow>> = BTreeMap::new();
    for (_, row) in store.nodes.rows().iter() {
        if let Some(cause) = Cause::of_node(row) {
            alike.entry((cause, words::of_node(cause, row))).or_default().push(row);
        }
    }
    let mut found = Vec::new();
    for ((cause, why), nodes) in alike {
        let since_s = |node: &NodeRow| words::node_since_s(cause, node);
        let name = |node: &NodeRow| store.names.text(node.name);
        let nodes = sorted(nodes, |a, b| since_s(a).cmp(&since_s(b)).then_with(|| name(a).cmp(name(b))));
        let together = |a: &&NodeRow, b: &&NodeRow| match (since_s(a), since_s(b)) {
            (Some(a_s), Some(b_s)) => b_s.saturating_sub(a_s) <= TOGETHER_S,
            (a_s, b_s) => a_s == b_s,
        };
        found.extend(nodes.chunk_by(together).filter_map(|nodes| trouble(store, cause, &why, nodes, now_s)));
    }
    found
}

fn trouble(store: &Store, cause: Cause, why: &str, nodes: &[&NodeRow], now_s: i64) -> Option<Trouble> {
    let text = |name| store.names.text(name);
    let first = nodes.first()?;
    let since_s = words::node_since_s(cause, first);
    let names = sorted(nodes.iter().map(|node| text(node.name)).collect::<Vec<_>>(), Ord::cmp);
    let about = |event: &&EventRow| text(event.kind) == "Node" && names.binary_search(&&*event.name).is_ok();
    let events: Vec<&EventRow> =
        store.events.rows().iter().map(|(_, event)| event).filter(|e| e.warning).filter(about).collect();
    let zone = if nodes.iter().all(|node| node.zone == first.zone) { text(first.zone) } else { "" };
    let owner = match names.as_slice() {
        [name] => ("Node".to_owned(), (*name).to_owned()),
        names => {
            let (told, more) = in_short(names.iter().copied());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let zone = if zone.is_empty() { String::new() } else { format!("{zone}: ") };
            (String::new(), format!("{zone}{told}{more}"))
        }
    };
    let all = format!("cause:{}", cause.id());
    let in_zone = format!("{all} zone:{zone}");
    // Where all of them have no address, others with the same cause are behind the link too, and so they are counted.
    let (filter, count) = leading_to(store, &[&all, &in_zone], &all, nodes);
    let count = count as u64;
    Some(Trouble {
        key: format!("//{}/{}", cause.id(), names.first()?),
        cause,
        tone: cause.tone(),
        title: words::node_title(cause).to_owned(),
        words: words::with_pods(store, why, nodes),
        owner,
        namespace: String::new(),
        namespaces: Vec::new(),
        image: String::new(),
        version: String::new(),
        count,
        rows: Rows::Nodes,
        filter,
        restarts: None,
        since_s,
        last_s: None,
        log: None,
        history: History::of_events(&events, now_s),
        rank: rank(now_s, since_s, 0, count.saturating_mul(4)),
        lasts: true,
        on: Vec::new(),
        brought: None,
        place: String::new(),
        places: if zone.is_empty() { Vec::new() } else { vec![format!("in {zone}")] },
    })
}

/// The filter that leaves just these nodes: the first of `short` that does, else by name. Where their names are too many for that, the last
/// of `short` leaves others too. How many it leaves is told with it.
pub(crate) fn leading_to(store: &Store, short: &[&str], term: &str, nodes: &[&NodeRow]) -> (String, usize) {
    let mut left = 0;
    for query in short {
        let filter = Filter::parse(query);
        let leaves = |row: &NodeRow| filter.matches(&Named { row, store });
        left = store.nodes.rows().iter().filter(|(_, row)| leaves(row)).count();
        if left == nodes.len() && nodes.iter().all(|row| leaves(row)) {
            return ((*query).to_owned(), left);
        }
    }
    let names: Vec<&str> = nodes.iter().map(|node| store.names.text(node.name)).collect();
    match any_of("node", &names) {
        Some(named) => (format!("{term} {named}").trim_start().to_owned(), nodes.len()),
        None => (short.last().copied().unwrap_or_default().to_owned(), left),
    }
}
