//! Troubles of nodes, by their conditions.

use std::collections::{HashMap, HashSet};

use super::cause::Cause;
use super::history::History;
use super::{Rows, Trouble, rank, words};
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Name;
use crate::store::nodes::NodeRow;

/// The troubles of nodes.
pub(super) fn nodes(store: &Store, now_s: i64) -> Vec<Trouble> {
    let mut by_cause: HashMap<Cause, Vec<&NodeRow>> = HashMap::new();
    for (_, row) in store.nodes.rows().iter() {
        if let Some(cause) = Cause::of_node(row) {
            by_cause.entry(cause).or_default().push(row);
        }
    }
    let trouble = |(cause, nodes): (Cause, Vec<&NodeRow>)| {
        let since_s = nodes.iter().filter_map(|node| words::node_since_s(cause, node)).min();
        let told = words::of_nodes(cause, &nodes, store);
        let name = match nodes.as_slice() {
            [node] => store.names.text(node.name).to_owned(),
            _ => String::new(),
        };
        let named: HashSet<Name> = nodes.iter().map(|node| node.name).collect();
        let about = |event: &&EventRow| {
            store.names.text(event.kind) == "Node"
                && store.names.find(&event.name).is_some_and(|name| named.contains(&name))
        };
        let events: Vec<&EventRow> =
            store.events.rows().iter().map(|(_, event)| event).filter(|e| e.warning).filter(about).collect();
        let count = nodes.len() as u64;
        Trouble {
            key: format!("//{}", cause.id()),
            cause,
            tone: cause.tone(),
            title: told.title,
            words: told.words,
            owner: (if name.is_empty() { String::new() } else { "Node".to_owned() }, name),
            namespace: String::new(),
            namespaces: Vec::new(),
            version: String::new(),
            count,
            rows: Rows::Nodes,
            filter: format!("cause:{}", cause.id()),
            restarts: None,
            since_s,
            log: None,
            history: History::of_events(&events, now_s),
            rank: rank(cause.tone(), now_s, since_s, 0, count.saturating_mul(4)),
        }
    };
    by_cause.into_iter().map(trouble).collect()
}
