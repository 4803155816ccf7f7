//! The table of workloads: the columns that `kubectl get -o wide` has for their kinds, then ours.

use super::Key;
use super::cell::{Cell, Line};
use super::column::Column;
pub use super::pods_of::PodsOf;
use super::{scope, sort_cells};
use crate::chart::stack::Tone;
use crate::filter::{Filter, Named};
use crate::k8s::workload::WorkloadKind;
use crate::k8s::workload_state::WorkloadState;
use crate::route::{Page, Sort};
use crate::store::Store;
use crate::store::names::Name;
use crate::store::rows::RowNumber;
use crate::store::workloads::{Course, JobRun, WorkloadRow};

/// What people look for first, then kubectl's columns of each kind. What only some kinds have is shown on choice.
pub static COLUMNS: [Column; 20] = [
    Column::words("name", "Name", 212),
    Column::words("namespace", "Namespace", 100),
    Column::words("kind", "Kind", 96),
    Column::words("status", "Status", 110),
    Column::numbers("ready", "Ready", 72),
    Column::words("pods", "Pods", 150),
    Column::numbers("age", "Age", 56),
    Column::numbers("up-to-date", "Up to date", 80),
    Column::numbers("available", "Available", 76),
    Column::numbers("completions", "Completions", 92).on_choice(),
    Column::numbers("duration", "Duration", 80).on_choice(),
    Column::words("schedule", "Schedule", 110).on_choice(),
    Column::numbers("last-schedule", "Last schedule", 100).on_choice(),
    Column::numbers("active", "Active", 60).on_choice(),
    Column::words("containers", "Containers", 140).on_choice(),
    Column::words("images", "Images", 280).on_choice(),
    Column::words("selector", "Selector", 240).on_choice(),
    Column::words("node-selector", "Node selector", 180).on_choice(),
    Column::words("time-zone", "Time zone", 110).on_choice(),
    Column::words("why", "Why", 212),
];

/// The rows that a filter and namespaces leave, in order. No namespaces are all.
pub fn select(
    store: &Store,
    pods: &PodsOf,
    namespaces: &[String],
    filter: &Filter,
    sort: Option<&Sort>,
) -> Vec<RowNumber> {
    let (names, in_scope, every) = (&store.names, scope(store, namespaces), filter.names_kinds());
    let rows: Vec<(RowNumber, &WorkloadRow)> = store
        .workloads
        .rows()
        .iter()
        .filter(|(_, row)| in_scope(row.namespace) && (every || row.stands_alone()))
        .filter(|(_, row)| filter.is_empty() || filter.matches(&Named { row: *row, store }))
        .collect();
    let key = |row: &WorkloadRow| (names.text(row.name), names.text(row.namespace), row.kind);
    let by_name = |a: &WorkloadRow, b: &WorkloadRow| key(a).cmp(&key(b));
    sort_cells(rows, sort, by_name, |column, row| cell(store, pods, column, row))
}

/// How many rows there are without a filter. Replica sets of deployments are shown where kinds are named, since each
/// deployment keeps ten old ones.
pub fn count(store: &Store, filter: &Filter) -> usize {
    let every = filter.names_kinds();
    store.workloads.rows().iter().filter(|(_, row)| every || row.stands_alone()).count()
}

/// What stands in a row.
pub fn line(store: &Store, pods: &PodsOf, row: &WorkloadRow) -> Line {
    let cells = COLUMNS.iter().map(|column| cell(store, pods, column.id, row).unwrap_or(Cell::Nothing)).collect();
    Line { key: row.uid.into(), page: Some(page(store, row)), cells }
}

/// How a state looks.
pub fn tone(state: WorkloadState) -> Tone {
    match state {
        WorkloadState::Degraded => Tone::Bad,
        WorkloadState::Progressing => Tone::Warn,
        WorkloadState::Suspended => Tone::Unknown,
        WorkloadState::Healthy => Tone::Ok,
        WorkloadState::Complete => Tone::Done,
    }
}

/// The filter that leaves just the pods of a workload.
pub fn pods_query(store: &Store, row: &WorkloadRow) -> String {
    let text = |name: Name| store.names.text(name);
    let (namespace, name) = (text(row.namespace), text(row.name));
    let hash = store.names.find("pod-template-hash").and_then(|key| row.label(key));
    match (row.kind, hash) {
        (WorkloadKind::ReplicaSet, Some(hash)) if text(row.owner_kind) == "Deployment" => {
            format!("ns:{namespace} owner:Deployment/{} label:pod-template-hash={}", text(row.owner), text(hash))
        }
        (kind, _) => format!("ns:{namespace} owner:{}/{name}", kind.name()),
    }
}

fn cell(store: &Store, pods: &PodsOf, column: &str, row: &WorkloadRow) -> Option<Cell> {
    let text = |name: Name| Cell::Text(store.names.text(name).to_owned());
    let key: Key = row.uid.into();
    let common = match column {
        "name" => Cell::Link { text: store.names.text(row.name).to_owned(), page: page(store, row) },
        "namespace" => text(row.namespace),
        "kind" => Cell::Text(row.kind.name().to_owned()),
        "status" => Cell::State { tone: tone(store.workload_state(row)), word: store.workload_word(row).to_owned() },
        "pods" if row.kind == WorkloadKind::CronJob => Cell::Nothing,
        "pods" => {
            let known = store.pods.known().of(row.namespace);
            Cell::Pods { counts: known.then(|| pods.get(key)), query: pods_query(store, row) }
        }
        "age" => Cell::Age(row.created_s),
        "containers" => text(row.containers),
        "images" => {
            let images: Vec<&str> = row.images.iter().map(|image| store.names.text(*image)).collect();
            Cell::Text(images.join(","))
        }
        "selector" => text(row.selector),
        "why" if row.why.is_empty() => Cell::Nothing,
        "why" => Cell::Text(row.why.to_string()),
        _ => return of_course(store, column, row),
    };
    Some(common)
}

/// The cells that only some kinds have.
fn of_course(store: &Store, column: &str, row: &WorkloadRow) -> Option<Cell> {
    let count = |number: u32| Cell::Count(u64::from(number));
    let text = |name: Name| Cell::Text(store.names.text(name).to_owned());
    Some(match (&row.course, column) {
        (Course::Replicas(r), "ready") => Cell::CountOf(r.ready.into(), r.wanted.into()),
        (Course::Replicas(r), "up-to-date") => count(r.up_to_date?),
        (Course::Replicas(r), "available") => count(r.available),
        (Course::Replicas(_), "node-selector") if row.kind == WorkloadKind::DaemonSet => text(row.node_selector),
        (Course::Job(run), "completions") => Cell::Text(completions(run)),
        (Course::Job(run), "active") => count(run.active),
        (Course::Job(run), "duration") => Cell::Span(run.started_s?, run.completed_s),
        (Course::Schedule(s), "schedule") => text(s.cron),
        (Course::Schedule(s), "time-zone") => text(s.time_zone),
        (Course::Schedule(s), "last-schedule") => Cell::Age(s.last_s),
        (Course::Schedule(s), "active") => count(s.active),
        _ => return None,
    })
}

/// kubectl's COMPLETIONS: `2/5`, `0/1 of 3`.
fn completions(run: &JobRun) -> String {
    match (run.wanted, run.parallelism) {
        (Some(wanted), _) => format!("{}/{wanted}", run.succeeded),
        (None, parallelism @ 2..) => format!("{}/1 of {parallelism}", run.succeeded),
        (None, _) => format!("{}/1", run.succeeded),
    }
}

fn page(store: &Store, row: &WorkloadRow) -> Page {
    let text = |name: Name| store.names.text(name).to_owned();
    Page::Workload { kind: row.kind, namespace: text(row.namespace), name: text(row.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        let mut store = Store::default();
        let all = [
            (
                WorkloadKind::Deployment,
                r#"{"metadata":{"uid":"1","name":"web","namespace":"x"},"spec":{"replicas":2},
                "status":{"replicas":2,"updatedReplicas":2,"readyReplicas":1,"availableReplicas":1}}"#,
            ),
            (
                WorkloadKind::ReplicaSet,
                r#"{"metadata":{"uid":"2","name":"web-abc","namespace":"x","labels":{"pod-template-hash":"abc"},
                "ownerReferences":[{"kind":"Deployment","name":"web","controller":true}]}}"#,
            ),
            (WorkloadKind::ReplicaSet, r#"{"metadata":{"uid":"3","name":"alone","namespace":"x"}}"#),
            (
                WorkloadKind::Job,
                r#"{"metadata":{"uid":"4","name":"tidy","namespace":"y"},"spec":{"completions":5},"status":{"succeeded":2,"active":1,"startTime":"1970-01-01T00:00:00Z","completionTime":"1970-01-01T00:05:00Z"}}"#,
            ),
            (
                WorkloadKind::CronJob,
                r#"{"metadata":{"uid":"5","name":"nightly","namespace":"y"},"spec":{"schedule":"@daily"}}"#,
            ),
        ];
        for (kind, json) in all {
            store.workloads.upsert(kind, json.as_bytes(), &mut store.names);
        }
        store
    }

    fn check(filter: &str, sort: Option<(&str, bool)>, expected: &[&str]) {
        let store = store();
        let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
        let rows = select(&store, &PodsOf::default(), &[], &Filter::parse(filter), sort.as_ref());
        let names: Vec<_> =
            rows.iter().map(|n| store.names.text(store.workloads.rows().get(*n).unwrap().name)).collect();
        assert_eq!(names, expected, "{filter}");
    }

    #[test]
    fn rows_are_filtered_and_sorted() {
        check("", None, &["alone", "nightly", "tidy", "web"]);
        check("kind:rs", None, &["alone", "web-abc"]);
        check("", Some(("kind", false)), &["nightly", "web", "tidy", "alone"]);
        check("", Some(("status", false)), &["web", "tidy", "alone", "nightly"]);
        check("-kind:rs", Some(("ready", true)), &["web", "nightly", "tidy"]);
        check("status:degraded", None, &["web"]);
    }

    #[test]
    fn a_row_has_kubectls_words_in_the_columns_of_its_kind() {
        let store = store();
        let of = |name: &str, column: &str| {
            let (_, row) = store.workloads.rows().iter().find(|(_, row)| store.names.text(row.name) == name).unwrap();
            let at = COLUMNS.iter().position(|c| c.id == column).unwrap();
            line(&store, &PodsOf::default(), row).cells[at].text(0)
        };
        let check = |name: &str, column: &str, expect: &str| assert_eq!(of(name, column), expect, "{name} {column}");
        check("web", "ready", "1/2");
        check("web", "status", "Degraded");
        check("web", "why", "1 of 2 pods are not available.");
        check("web", "up-to-date", "2");
        check("web", "completions", "");
        check("web-abc", "up-to-date", "");
        check("tidy", "completions", "2/5");
        check("tidy", "status", "Running");
        check("tidy", "duration", "5m");
        check("web", "duration", "");
        check("nightly", "schedule", "@daily");
        check("nightly", "time-zone", "<none>");
        check("nightly", "selector", "<none>");
    }

    #[test]
    fn a_workload_leads_to_its_pods() {
        let store = store();
        let of = |name: &str| {
            let (_, row) = store.workloads.rows().iter().find(|(_, row)| store.names.text(row.name) == name).unwrap();
            pods_query(&store, row)
        };
        assert_eq!(of("web"), "ns:x owner:Deployment/web");
        assert_eq!(of("web-abc"), "ns:x owner:Deployment/web label:pod-template-hash=abc");
        assert_eq!(of("alone"), "ns:x owner:ReplicaSet/alone");
    }
}
