mod behind;

use proptest::prelude::*;

use super::matrix::Matrix;
use super::places::Places;
use super::question::Look;
use super::sum::Resource;
use super::tree::Step;
use super::*;
use crate::filter::{Filter, Named};
use crate::k8s::workload::WorkloadKind;
use crate::overview::fixture::{node, pod, store};
use crate::route::{Location, Page, Sort, View};
use crate::store::Store;

const ZONE: &str = "topology.kubernetes.io/zone";

/// Two products in two versions on two nodes of two zones; one pod has no node, one no product.
fn cluster() -> Store {
    let nodes = [("n1", "eu-1a", true), ("n2", "eu-1b", false)];
    let nodes = nodes
        .map(|(name, zone, ready)| node(name).label(ZONE, zone).ready(ready).allocatable("4", "8Gi", "110").json());
    let web = |name, version: &str| {
        pod(name, "shop").label("part-of", "web").image(&format!("r.example/web:{version}")).owner("Job", "w")
    };
    let pods = [
        web("a", "1.0").on("n1").running().cpu("1", "2").json(),
        web("b", "1.0").on("n2").running().cpu("1", "2").json(),
        web("c", "1.1").on("n2").failing("CrashLoopBackOff").cpu("2", "2").json(),
        pod("d", "bank").label("part-of", "ledger").image("r.example/ledger:2").on("n1").running().json(),
        pod("e", "bank").phase("Pending").json(),
    ];
    store(nodes, pods)
}

fn pool(store: &Store, kinds: &[Kind], filter: &str) -> Pool {
    Pool::new(store, kinds, &[], &Filter::parse(filter))
}

fn label(key: &str) -> Key {
    Key::Label(key.to_owned())
}

/// The lines with their depths, pods and failing pods.
fn lines(tree: &Tree) -> Vec<(usize, &str, u64, u64)> {
    tree.lines
        .iter()
        .map(|line| (line.depth, line.name.as_str(), line.sum.of(Kind::Pods), line.sum.failing()))
        .collect()
}

fn open(paths: &[&[&str]]) -> Vec<Vec<String>> {
    paths.iter().map(|path| path.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn groups_stand_by_size_and_what_is_open_has_its_own_below_it() {
    let store = cluster();
    let keys = [label("part-of"), Key::Version, Key::Node];
    let tree = Tree::new(
        &store,
        &pool(&store, &[Kind::Pods], ""),
        &mut Levels::default(),
        &keys,
        &open(&[&["web"], &["web", "1.0"]]),
        None,
    );
    let expected = [
        (0, "web", 3, 1),
        (1, "1.0", 2, 0),
        (2, "n1", 1, 0),
        (2, "n2", 1, 0),
        (1, "1.1", 1, 1),
        (0, "no part-of", 1, 0),
        (0, "ledger", 1, 0),
    ];
    assert_eq!(lines(&tree), expected);
    let opens: Vec<_> = tree.lines.iter().map(|line| line.open).collect();
    assert_eq!(opens, [Some(true), Some(true), None, None, Some(false), Some(false), Some(false)]);
    assert_eq!(tree.lines[0].versions, "2 versions");
    assert_eq!((tree.lines[6].versions.as_str(), tree.lines[1].versions.as_str()), ("2", ""));
    assert_eq!((tree.lines[0].whole, tree.lines[1].whole), (3, 3));
    assert_eq!(tree.path(3), Some(vec!["web".to_owned(), "1.0".to_owned(), "n2".to_owned()]));
    assert_eq!(tree.terms(3).as_deref(), Some("label:part-of=web version:1.0 node:n2"));
}

#[test]
fn a_filter_and_namespaces_leave_their_own() {
    let store = cluster();
    let check = |namespaces: &[&str], filter: &str, expected: usize| {
        let namespaces: Vec<String> = namespaces.iter().map(ToString::to_string).collect();
        let pool = Pool::new(&store, &[Kind::Pods], &namespaces, &Filter::parse(filter));
        assert_eq!(pool.len(), expected, "{namespaces:?} {filter}");
    };
    check(&[], "", 5);
    check(&["shop"], "", 3);
    check(&["shop"], "status:failing", 1);
    check(&["nowhere"], "", 0);
    check(&[], "zone:eu-1b", 2);
    assert_eq!(Kind::Pods.all(&store, &["nowhere".to_owned()]), 0);
    assert_eq!(Kind::Pods.all(&store, &["bank".to_owned(), "nowhere".to_owned()]), 2);
}

#[test]
fn usage_that_nobody_reports_is_unknown_and_that_of_a_few_was_shown_as_the_share_of_all() {
    let mut store = cluster();
    let of = |store: &Store| {
        let tree =
            Tree::new(store, &pool(store, &[Kind::Pods], ""), &mut Levels::default(), &[Key::Namespace], &[], None);
        let shop = tree.lines.iter().find(|line| line.name == "shop").unwrap();
        shop.sum.demand(Resource::Cpu)
    };
    let demand = of(&store);
    assert_eq!((demand.used, demand.share(), demand.requested, demand.most), (None, None, 4_000, 6_000));
    assert_eq!(demand.sentence(Resource::Cpu), "4 cores requested; usage is not known");
    let usage = br#"{"metadata":{"name":"a","namespace":"shop"},"containers":[{"usage":{"cpu":"500m"}}]}"#;
    store.pods.begin_usage();
    store.pods.add_usage(usage, &store.names);
    store.pods.end_usage();
    let demand = of(&store);
    assert_eq!((demand.used, demand.share()), (Some(500), None));
    assert_eq!(demand.sentence(Resource::Cpu), "0.5 cores used, 4 cores requested; 1 of 3 report their usage");
}

#[test]
fn nodes_are_measured_by_what_they_have_unless_pods_are_pooled_too() {
    let mut store = cluster();
    store.usage.nodes.add(br#"{"metadata":{"name":"n1"},"usage":{"cpu":"3","memory":"2Gi"}}"#, &mut store.names);
    let of = |kinds: &[Kind]| {
        let tree = Tree::new(&store, &pool(&store, kinds, ""), &mut Levels::default(), &[Key::Zone], &[], None);
        let zone = tree.lines.into_iter().find(|line| line.name == "eu-1a").unwrap().sum;
        (
            zone.of(Kind::Pods),
            zone.of(Kind::Nodes),
            zone.demand(Resource::Cpu).share(),
            zone.demand(Resource::Cpu).requested,
        )
    };
    assert_eq!(of(&[Kind::Nodes]), (0, 1, Some(0.75), 1_000));
    assert_eq!(of(&[Kind::Pods, Kind::Nodes]), (2, 1, None, 1_000));
    let all = Tree::new(&store, &pool(&store, &[Kind::Nodes], ""), &mut Levels::default(), &[Key::State], &[], None);
    assert_eq!(all.all.failing(), 1);
}

#[test]
fn workloads_and_services_are_pooled_by_what_they_have() {
    let mut store = cluster();
    let owned = |kind: &str, uid: &str, owner: &str| {
        format!(
            r#"{{"metadata":{{"uid":"{uid}","name":"{uid}","namespace":"shop","labels":{{"part-of":"web"}}{owner}}},
            "spec":{{"replicas":1,"template":{{"spec":{{"containers":[{{"image":"r.example/{kind}:1.1"}}]}}}}}},"status":{{}}}}"#
        )
    };
    let of_deployment = r#","ownerReferences":[{"kind":"Deployment","name":"w","controller":true}]"#;
    store.workloads.upsert(WorkloadKind::Deployment, owned("web", "w", "").as_bytes(), &mut store.names);
    store.workloads.upsert(WorkloadKind::ReplicaSet, owned("web", "w-1", of_deployment).as_bytes(), &mut store.names);
    store.services.upsert(owned("web", "s", "").as_bytes(), &mut store.names);
    let tree = |key: Key| Tree::new(&store, &pool(&store, &Kind::ALL, ""), &mut Levels::default(), &[key], &[], None);
    let counted = |tree: &Tree, name: &str| {
        let line = tree.lines.iter().find(|line| line.name == name).unwrap();
        Kind::ALL.map(|kind| line.sum.of(kind))
    };
    assert_eq!(counted(&tree(label("part-of")), "web"), [3, 1, 1, 0]);
    assert_eq!(counted(&tree(Key::Version), "1.1"), [1, 1, 0, 0]);
    assert_eq!(counted(&tree(Key::Namespace), "no namespace"), [0, 0, 0, 2]);
    assert_eq!(pool(&store, &[Kind::Workloads], "ns:bank").len(), 0);
    assert_eq!(Kind::Services.all(&store, &["bank".to_owned()]), 0);
    assert_eq!(tree(Key::State).all.total(), 5 + 1 + 1 + 2);
}

#[test]
fn an_image_and_a_kubelet_of_one_version_are_one_group() {
    let mut node = node("n").json();
    node["status"]["nodeInfo"] = serde_json::json!({"kubeletVersion": "v1.37.2"});
    let pods = [pod("proxy", "kube-system").image("r.example/kube-proxy:v1.37.2").running().json()];
    let store = store([node], pods);
    let both = pool(&store, &[Kind::Pods, Kind::Nodes], "");
    let tree = Tree::new(&store, &both, &mut Levels::default(), &[Key::Version], &[], None);
    let groups: Vec<_> = tree.lines.iter().map(|line| (line.name.as_str(), line.sum.total())).collect();
    assert_eq!(groups, [("v1.37.2", 2)]);
    assert_eq!(pool(&store, &[Kind::Pods, Kind::Nodes], "version:v1.37.2").len(), 2);
}

#[test]
fn groups_that_read_alike_have_lines_of_their_own() {
    let owned = |name, kind, owner| pod(name, "shop").owner(kind, owner).running().json();
    let store = store([], [owned("a", "Foo/Bar", "web"), owned("b", "Foo", "Bar/web")]);
    let pods = pool(&store, &[Kind::Pods], "");
    let tree = Tree::new(&store, &pods, &mut Levels::default(), &[Key::Owner], &[], None);
    assert_eq!(tree.lines.len(), 2);
    assert_eq!(tree.lines[0].value, tree.lines[1].value);
    assert_ne!(tree.lines[0].key, tree.lines[1].key);
}

#[test]
fn groups_are_sorted_by_any_column() {
    let store = cluster();
    let first = |column: &str, descending: bool| {
        let sort = Sort { column: column.into(), descending };
        let tree = Tree::new(
            &store,
            &pool(&store, &[Kind::Pods], ""),
            &mut Levels::default(),
            &[label("part-of")],
            &[],
            Some(&sort),
        );
        tree.lines[0].name.clone()
    };
    assert_eq!(first("group", true), "web");
    assert_eq!(first("pods", true), "web");
    assert_eq!(first("pods", false), "no part-of");
    assert_eq!(first("failing", true), "web");
    assert_eq!(first("health", true), "web");
    assert_eq!(first("versions", true), "web");
    assert_eq!(first("no such column", true), "web");
}

#[test]
fn the_smaller_groups_of_very_many_are_one_line() {
    let pods = (0..2_100).map(|at| pod(&format!("p{at}"), "a").label("id", &format!("v{at}")).running().json());
    let store = store([], pods);
    let tree = Tree::new(&store, &pool(&store, &[Kind::Pods], ""), &mut Levels::default(), &[label("id")], &[], None);
    let last = tree.lines.last().unwrap();
    assert_eq!((tree.lines.len(), last.name.as_str(), last.sum.of(Kind::Pods)), (2_001, "100 smaller groups", 100));
    assert_eq!((tree.path(2_000), tree.terms(2_000)), (None, None));
}

#[test]
fn arrow_keys_open_close_and_go_out() {
    let store = cluster();
    let keys = [label("part-of"), Key::Version];
    let tree =
        Tree::new(&store, &pool(&store, &[Kind::Pods], ""), &mut Levels::default(), &keys, &open(&[&["web"]]), None);
    let check = |key, at, expect| assert_eq!(tree.step(key, at), expect, "{key} at {at}");
    check("ArrowRight", 0, Some(Step::Move(1)));
    check("ArrowLeft", 0, Some(Step::Close));
    check("ArrowLeft", 1, Some(Step::Move(0)));
    check("ArrowRight", 1, None);
    check("ArrowRight", 3, Some(Step::Open));
    check("ArrowLeft", 3, None);
    check("x", 0, None);
    check("ArrowLeft", 99, None);
}

#[test]
fn a_matrix_has_a_cell_for_each_pair_and_loses_nobody() {
    let store = cluster();
    let matrix = Matrix::new(&store, &pool(&store, &[Kind::Pods], ""), &label("part-of"), &Key::State);
    let names = |heads: &[matrix::Head]| heads.iter().map(|head| head.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&matrix.rows), ["ledger", "web", "no part-of"]);
    assert_eq!(names(&matrix.columns), ["running", "waiting", "failing"]);
    assert_eq!(matrix.words(5).as_deref(), Some("web · failing\n1 failing"));
    assert_eq!(matrix.terms(5).as_deref(), Some("label:part-of=web status:failing"));
    assert_eq!(matrix.cells.iter().flatten().sum::<u64>(), 5);
    assert_eq!((matrix.words(9), matrix.terms(99)), (None, None));
}

#[test]
fn a_large_matrix_folds_the_smallest_into_one() {
    let pods = (0..120).map(|at| {
        pod(&format!("p{at}"), &format!("n{}", at % 60)).label("v", &format!("{}", at % 30)).running().json()
    });
    let store = store([], pods);
    let matrix = Matrix::new(&store, &pool(&store, &[Kind::Pods], ""), &Key::Namespace, &label("v"));
    assert_eq!((matrix.rows.len(), matrix.columns.len()), (40, 12));
    assert_eq!(matrix.rows[39].name, "21 others");
    assert_eq!(matrix.cells.iter().flatten().sum::<u64>(), 120);
}

#[test]
fn a_question_is_what_the_address_says() {
    let fragment = "#/c/kind/explore?q=status:failing&sort=-pods&by=label:app.kubernetes.io/part-of%2Cversion\
        &kinds=pods%2Cnodes&open=web;web%2C1.0&look=matrix";
    let location = Location::parse(fragment).unwrap();
    let question = Question::read(&location.view);
    let expected = Question {
        kinds: vec![Kind::Pods, Kind::Nodes],
        by: vec![label("app.kubernetes.io/part-of"), Key::Version],
        open: open(&[&["web"], &["web", "1.0"]]),
        look: Look::Matrix,
    };
    assert_eq!(question, expected);
    assert_eq!(location.clone().with_view(question.write(location.view.clone())).to_string(), fragment);
    assert_eq!(Question::read(&View::default()), Question::default());
    assert_eq!(question.clone().with_kind(Kind::Pods, false).with_kind(Kind::Nodes, false).kinds, [Kind::Nodes]);
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![prop::sample::select(Key::FIXED.to_vec()), ".+".prop_map(Key::Label), ".+".prop_map(Key::Annotation)]
}

fn any_question() -> impl Strategy<Value = Question> {
    let kinds = prop::sample::select(vec![vec![Kind::Pods], vec![Kind::Nodes], vec![Kind::Pods, Kind::Nodes]]);
    let open = prop::collection::vec(prop::collection::vec(".*", 1..4), 0..4);
    let look = prop::sample::select(vec![Look::Table, Look::Matrix]);
    (kinds, prop::collection::hash_set(any_key(), 0..5), open, look).prop_map(|(kinds, by, open, look)| Question {
        kinds,
        by: by.into_iter().collect(),
        open,
        look,
    })
}

/// Pods of a few namespaces, nodes, labels and states.
fn any_store() -> impl Strategy<Value = Store> {
    prop::collection::vec((0_u8..3, 0_u8..4, 0_u8..3, 0_u8..4, any::<bool>()), 0..40).prop_map(|pods| {
        let nodes = (0..3).map(|at| node(&format!("n{at}")).label(ZONE, if at == 0 { "a" } else { "b" }).json());
        let pods = pods.into_iter().enumerate().map(|(at, (namespace, on, version, phase, owned))| {
            let pod = pod(&format!("p{at}"), &format!("ns{namespace}")).cpu("100m", "1");
            let pod = if on < 3 { pod.on(&format!("n{on}")) } else { pod };
            let pod = if version > 0 { pod.image(&format!("web:{version}")) } else { pod };
            let pod = if owned { pod.owner("Job", "j") } else { pod };
            match phase {
                0 => pod.running(),
                1 => pod.failing("Error"),
                2 => pod.phase("Succeeded"),
                _ => pod.phase("Pending"),
            }
            .json()
        });
        store(nodes, pods)
    })
}

proptest! {
    #[test]
    fn a_question_reads_back_from_its_address(question in any_question()) {
        let view = question.write(View::default());
        let location = Location { page: Page::Explore, view, ..Location::overview("kind") };
        let read = Location::parse(&location.to_string()).unwrap();
        prop_assert_eq!(Question::read(&read.view), question);
    }

    #[test]
    fn any_grouping_sums_up_to_what_the_filter_leaves(
        store in any_store(), rows in 0_usize..10, columns in 0_usize..10,
        filter in prop::sample::select(vec!["", "ns:ns1", "status:failing", "-zone:a", "owner:<none>", "version:1"]),
        both in any::<bool>(),
    ) {
        let key = |at: usize| Key::FIXED.get(at).cloned().unwrap_or_else(|| label("no such label"));
        let (rows, columns) = (key(rows), key(columns));
        let kinds = if both { vec![Kind::Pods, Kind::Nodes] } else { vec![Kind::Pods] };
        let pool = pool(&store, &kinds, filter);
        let (pods, nodes) = (pool.pods.len(), pool.count(Kind::Nodes));
        let keys = [rows.clone(), columns.clone()];
        // Everything is open.
        let mut levels = Levels::default();
        let outer = Tree::new(&store, &pool, levels.at(1), &keys, &[], None);
        let paths: Vec<_> = (0..outer.lines.len()).filter_map(|at| outer.path(at)).collect();
        let tree = Tree::new(&store, &pool, levels.at(1), &keys, &paths, None);
        // What was counted before gives the same as what is counted anew.
        prop_assert_eq!(&tree, &Tree::new(&store, &pool, levels.at(1), &keys, &paths, None));
        prop_assert_eq!(&tree, &Tree::new(&store, &pool, levels.at(2), &keys, &paths, None));
        for depth in 0..2 {
            let level = || tree.lines.iter().filter(|line| line.depth == depth);
            prop_assert_eq!(level().map(|line| line.sum.of(Kind::Pods) as usize).sum::<usize>(), pods);
            prop_assert_eq!(level().map(|line| line.sum.of(Kind::Nodes) as usize).sum::<usize>(), nodes);
            let sum = level().fold(Sum::default(), |sum, line| sum.plus(&line.sum));
            prop_assert_eq!(sum, tree.all);
        }
        let matrix = Matrix::new(&store, &pool, &rows, &columns);
        prop_assert_eq!(matrix.cells.iter().flatten().sum::<u64>(), (pods + nodes) as u64);
        let places = Places::new(&store, &pool, &rows);
        let members = (0..).zip(&places.values).map(|(at, _)| places.members(&pool, at).len()).sum::<usize>();
        prop_assert_eq!(members, pods + nodes);
    }
}
