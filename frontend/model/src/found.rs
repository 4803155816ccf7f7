//! What a few letters lead to: objects of every kind that is loaded, by their names.

use crate::filter::{Filter, Named};
use crate::order::sorted;
use crate::route::{Page, PodTab};
use crate::store::Store;
use crate::table;

/// An object, and the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// A word for what it is: `pod`, `Deployment`.
    pub kind: &'static str,
    /// Its name, after its namespace where it has one.
    pub words: String,
    /// Its page.
    pub page: Page,
}

/// The first by name of each kind that a filter leaves, at most `most` of each. Where nothing is asked for, nothing is found.
pub fn found(store: &Store, text: &str, most: usize) -> Vec<Found> {
    let filter = Filter::parse(text);
    if filter.is_empty() {
        return Vec::new();
    }
    let name_of = |name| store.names.text(name).to_owned();
    let nodes = store.nodes.rows().iter().filter(|(_, row)| filter.matches(&Named { row: *row, store }));
    let mut all = first(
        nodes.map(|(_, row)| {
            let name = name_of(row.name);
            Found { kind: "node", words: name.clone(), page: Page::Node { name } }
        }),
        most,
    );
    let namespaces = store.namespaces.rows().iter().filter(|(_, row)| filter.matches(&Named { row: *row, store }));
    all.extend(first(
        namespaces.map(|(_, row)| {
            let name = name_of(row.name);
            Found { kind: "namespace", words: name.clone(), page: Page::Namespace { name } }
        }),
        most,
    ));
    let workloads = store.workloads.rows().iter().filter(|(_, row)| row.stands_alone() || filter.names_kinds());
    let workloads = workloads.filter(|(_, row)| filter.matches(&Named { row: *row, store }));
    all.extend(first(
        workloads.map(|(_, row)| {
            let (namespace, name) = (name_of(row.namespace), name_of(row.name));
            let words = format!("{namespace}/{name}");
            Found { kind: row.kind.name(), words, page: Page::Workload { kind: row.kind, namespace, name } }
        }),
        most,
    ));
    let services = store.services.rows().iter().filter(|(_, row)| filter.matches(&Named { row: *row, store }));
    all.extend(first(
        services.map(|(_, row)| {
            let (namespace, name) = (name_of(row.namespace), row.name.to_string());
            Found { kind: "service", words: format!("{namespace}/{name}"), page: Page::Service { namespace, name } }
        }),
        most,
    ));
    let pods = table::pod::first(store, &filter, most).into_iter().filter_map(|row| store.pods.get(row));
    all.extend(pods.map(|pod| {
        let (namespace, name) = (name_of(pod.namespace()), pod.name().to_owned());
        let words = format!("{namespace}/{name}");
        Found { kind: "pod", words, page: Page::Pod { namespace, name, tab: PodTab::Summary } }
    }));
    all
}

/// Kinds that are not many: all that match are put in order.
fn first(found: impl Iterator<Item = Found>, most: usize) -> Vec<Found> {
    let name = |found: &Found| found.words.rsplit('/').next().unwrap_or_default().to_owned();
    let keyed = found.map(|found| (name(&found), found)).collect();
    let keyed = sorted(keyed, |(a, x): &(String, Found), (b, y)| (a, &x.words).cmp(&(b, &y.words)));
    keyed.into_iter().take(most).map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::found;
    use crate::k8s::workload::WorkloadKind;
    use crate::overview::fixture;

    #[test]
    fn objects_of_every_kind_are_found_by_their_names() {
        let pods = ["web-1", "web-2", "api-1"].map(|name| fixture::pod(name, "shop").json());
        let mut store = fixture::store([fixture::node("web-node").json()], pods);
        let object = |uid: &str, namespace: &str, name: &str| {
            format!(r#"{{"metadata":{{"uid":"{uid}","namespace":"{namespace}","name":"{name}"}}}}"#)
        };
        for (uid, namespace) in [("1", "shop"), ("2", "bank")] {
            let json = object(uid, namespace, "web");
            store.workloads.upsert(WorkloadKind::Deployment, json.as_bytes(), &mut store.names);
        }
        store.services.upsert(object("3", "shop", "web").as_bytes(), &mut store.names);
        store.namespaces.upsert(object("4", "", "webshop").as_bytes(), &mut store.names);
        let words = |text: &str, most: usize| {
            let found = found(&store, text, most);
            found.into_iter().map(|found| format!("{} {}", found.kind, found.words)).collect::<Vec<_>>()
        };
        let all = [
            "node web-node",
            "namespace webshop",
            "Deployment bank/web",
            "Deployment shop/web",
            "service shop/web",
            "pod shop/web-1",
            "pod shop/web-2",
        ];
        assert_eq!(words("WEB", 9), all);
        assert_eq!(words("web", 1), [all[0], all[1], all[2], all[4], all[5]]);
        assert_eq!(words("ns:bank web", 9), [all[2]]);
        assert_eq!(words("api", 9), ["pod shop/api-1"]);
        assert_eq!(words("", 9), [""; 0]);
    }
}
