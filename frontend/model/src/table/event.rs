//! The table of events: the columns of `kubectl get events -o wide`, the newest first.

use std::cmp::Ordering;

use super::cell::{Cell, Line};
use super::column::Column;
use super::sort_rows;
use crate::chart::stack::Tone;
use crate::filter::{Filter, Named};
use crate::route::{Page, PodTab, Sort};
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Name;
use crate::store::rows::RowNumber;

/// kubectl's columns.
pub static COLUMNS: [Column; 11] = [
    Column::words("last", "Last seen", 76),
    Column::words("type", "Type", 88),
    Column::words("reason", "Reason", 140),
    Column::words("object", "Object", 230),
    Column::words("message", "Message", 440),
    Column::words("namespace", "Namespace", 90),
    Column::numbers("count", "Count", 60),
    Column::words("source", "Source", 130).on_choice(),
    Column::words("first", "First seen", 76).on_choice(),
    Column::words("subobject", "Subobject", 170).on_choice(),
    Column::words("name", "Name", 280).on_choice(),
];

/// The rows that a filter and namespaces leave, in order. No namespaces are all.
pub fn select(store: &Store, namespaces: &[String], filter: &Filter, sort: Option<&Sort>) -> Vec<RowNumber> {
    let names = &store.names;
    // A namespace that no string of the store equals has no events.
    let scope: Vec<Name> = namespaces.iter().filter_map(|n| names.find(n)).collect();
    let rows: Vec<(RowNumber, &EventRow)> = store
        .events
        .rows()
        .iter()
        .filter(|(_, row)| namespaces.is_empty() || scope.contains(&row.namespace))
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }))
        .collect();
    let text = |a: Name, b: Name| names.text(a).cmp(names.text(b));
    let newest = |a: &EventRow, b: &EventRow| b.last_s.cmp(&a.last_s).then_with(|| a.uid.cmp(&b.uid));
    let by_column = |column: &str, a: &EventRow, b: &EventRow| match column {
        // The younger, the smaller the age.
        "last" => b.last_s.cmp(&a.last_s),
        "first" => b.first_s.cmp(&a.first_s),
        "type" => b.warning.cmp(&a.warning),
        "reason" => text(a.reason, b.reason),
        "object" => text(a.kind, b.kind).then_with(|| a.name.cmp(&b.name)),
        "message" => a.message.cmp(&b.message),
        "namespace" => text(a.namespace, b.namespace),
        "count" => a.count.cmp(&b.count),
        "source" => text(a.from, b.from),
        "subobject" => text(a.part, b.part),
        "name" => a.own_name.cmp(&b.own_name),
        _ => Ordering::Equal,
    };
    sort_rows(rows, sort, newest, by_column).into_iter().map(|(number, _)| number).collect()
}

/// What stands in a row.
pub fn line(store: &Store, row: &EventRow) -> Line {
    let text = |name: Name| store.names.text(name).to_owned();
    let object = format!("{}/{}", store.names.text(row.kind).to_ascii_lowercase(), row.name);
    let page = page(store, row);
    let (tone, word) = if row.warning { (Tone::Warn, "Warning") } else { (Tone::Unknown, "Normal") };
    Line {
        key: row.uid.into(),
        cells: vec![
            Cell::Age(row.last_s),
            Cell::State { tone, word: word.to_owned() },
            Cell::Text(text(row.reason)),
            match &page {
                Some(page) => Cell::Link { text: object, page: page.clone() },
                None => Cell::Text(object),
            },
            Cell::Text(row.message.to_string()),
            Cell::Text(text(row.namespace)),
            Cell::Count(u64::try_from(row.count).unwrap_or(0)),
            Cell::Text(text(row.from)),
            Cell::Age(row.first_s),
            Cell::Text(text(row.part)),
            Cell::Text(row.own_name.to_string()),
        ],
        page,
    }
}

/// The page of what an event is about, where there is one.
fn page(store: &Store, row: &EventRow) -> Option<Page> {
    let name = row.name.to_string();
    match store.names.text(row.kind) {
        "Pod" => Some(Page::Pod { namespace: store.names.text(row.namespace).to_owned(), name, tab: PodTab::Summary }),
        "Node" => Some(Page::Node { name }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Cell, line, select};
    use crate::filter::Filter;
    use crate::route::{Page, Sort};
    use crate::store::Store;

    fn store() -> Store {
        let mut store = Store::default();
        for (uid, namespace, kind, at, count) in
            [("a", "x", "Pod", "10", 2), ("b", "y", "Node", "30", 9), ("c", "x", "Job", "20", 1)]
        {
            let json = serde_json::json!({
                "metadata": {"uid": uid, "namespace": namespace, "name": format!("{uid}.17")}, "type": if kind == "Job" { "Normal" } else { "Warning" },
                "involvedObject": {"kind": kind, "name": uid, "fieldPath": "spec.containers{app}"}, "reason": "R", "message": "M", "count": count,
                "lastTimestamp": format!("2026-11-23T18:00:{at}Z"),
            });
            store.events.upsert(json.to_string().as_bytes(), &mut store.names);
        }
        store
    }

    #[test]
    fn events_are_filtered_and_sorted_the_newest_first() {
        let store = store();
        let check = |namespaces: &[&str], filter: &str, sort: Option<(&str, bool)>, expected: &[&str]| {
            let namespaces: Vec<_> = namespaces.iter().map(ToString::to_string).collect();
            let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
            let rows = select(&store, &namespaces, &Filter::parse(filter), sort.as_ref());
            let names: Vec<_> = rows.iter().map(|n| store.events.rows().get(*n).unwrap().name.to_string()).collect();
            assert_eq!(names, expected, "{filter} {sort:?}");
        };
        check(&[], "", None, &["b", "c", "a"]);
        check(&["x"], "", None, &["c", "a"]);
        check(&["nowhere"], "", None, &[]);
        check(&[], "type:warning", None, &["b", "a"]);
        check(&[], "object:job/c", None, &["c"]);
        check(&[], "", Some(("count", false)), &["c", "a", "b"]);
        check(&[], "", Some(("last", true)), &["a", "c", "b"]);
        check(&[], "", Some(("type", false)), &["b", "a", "c"]);
    }

    #[test]
    fn a_row_has_a_cell_for_each_column_and_leads_to_its_pod_or_node() {
        let store = store();
        let lines: Vec<_> = store.events.rows().iter().map(|(_, row)| line(&store, row)).collect();
        assert!(lines.iter().all(|line| line.cells.len() == COLUMNS.len()));
        let last: Vec<_> = lines[0].cells.iter().rev().take(2).map(|cell| cell.text(0)).collect();
        assert_eq!(last, ["a.17", "spec.containers{app}"]);
        assert_eq!(lines[1].page, Some(Page::Node { name: "b".into() }));
        assert_eq!((lines[2].page.clone(), &lines[2].cells[3]), (None, &Cell::Text("job/c".into())));
    }
}
