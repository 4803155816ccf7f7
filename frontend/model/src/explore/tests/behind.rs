//! Each number leads to just the rows that it counts.

use super::*;

/// How many objects of a kind a filter leaves.
fn behind(store: &Store, kind: Kind, terms: &str) -> u64 {
    let filter = Filter::parse(terms);
    assert_eq!(filter.problems, [], "{terms}");
    Pool::new(store, &[kind], &[], &filter).len() as u64
}

#[test]
fn the_rows_behind_a_group_are_as_many_as_it_says() {
    let store = cluster();
    let keys = [
        Key::Namespace,
        Key::Owner,
        Key::Version,
        Key::State,
        Key::Node,
        Key::Zone,
        Key::Image,
        Key::Qos,
        Key::Priority,
        label("part-of"),
        label("x"),
    ];
    for key in keys {
        let tree = Tree::new(
            &store,
            &pool(&store, &[Kind::Pods], ""),
            &mut Levels::default(),
            std::slice::from_ref(&key),
            &[],
            None,
        );
        for (at, line) in tree.lines.iter().enumerate() {
            let terms = tree.terms(at).unwrap();
            let filter = Filter::parse(&terms);
            assert_eq!(filter.problems, [], "{terms}");
            let rows = store.pods.iter().filter(|pod| filter.matches(&Named { row: pod, store: &store })).count();
            assert_eq!(rows, line.sum.of(Kind::Pods) as usize, "{terms}");
        }
    }
}

#[test]
fn what_fails_of_each_kind_leads_to_as_many_rows() {
    let store = cluster();
    let kinds = [Kind::Pods, Kind::Nodes];
    for key in [Key::Zone, Key::Node, Key::Namespace] {
        let tree = Tree::new(&store, &pool(&store, &kinds, ""), &mut Levels::default(), &[key], &[], None);
        let mut found = 0;
        for (at, line) in tree.lines.iter().enumerate() {
            let failing = kinds.map(|kind| (kind, line.sum.failing_of(kind)));
            assert_eq!(failing.iter().map(|(_, (number, _))| number).sum::<u64>(), line.sum.failing());
            for (kind, (number, status)) in failing.into_iter().filter(|(_, (number, _))| *number > 0) {
                assert_eq!(behind(&store, kind, &format!("{} {status}", tree.terms(at).unwrap())), number);
                found += number;
            }
        }
        assert_eq!(found, 2);
    }
}

#[test]
fn what_fails_and_the_versions_had_no_way_to_their_rows_before_a_key_was_chosen() {
    let store = cluster();
    for (kinds, filter) in [(&[Kind::Pods][..], ""), (&Kind::ALL, ""), (&[Kind::Pods], "ns:shop"), (&[Kind::Nodes], "")]
    {
        let question = Question { kinds: kinds.to_vec(), ..Question::default() };
        let tree = Tree::new(&store, &pool(&store, kinds, filter), &mut Levels::default(), &[], &[], None);
        let [line] = &tree.lines[..] else { panic!("{:?}", tree.lines) };
        let terms = format!("{filter} {}", tree.terms(0).unwrap());
        for kind in kinds {
            let (failing, status) = line.sum.failing_of(*kind);
            assert_eq!(behind(&store, *kind, &terms), line.sum.of(*kind));
            if failing > 0 {
                assert_eq!(behind(&store, *kind, &format!("{terms} {status}")), failing);
            }
        }
        let versions = question.of_versions();
        let told = pool(&store, &versions.kinds, &format!("{terms} -version:<none>"));
        let groups = Tree::new(&store, &told, &mut Levels::default(), &versions.by, &[], None).lines.len();
        assert_eq!(groups as u32, line.version_count, "{kinds:?} {filter}");
        assert_eq!(tree.all, line.sum);
    }
    let nothing = Tree::new(&store, &pool(&store, &[Kind::Pods], "ns:none"), &mut Levels::default(), &[], &[], None);
    assert_eq!(nothing, Tree::default());
}

#[test]
fn versions_of_a_group_lead_to_as_many_groups() {
    let mut store = cluster();
    // It tells no version, so it is none.
    let untold = pod("f", "shop").label("part-of", "web").running().json();
    store.pods.upsert(untold.to_string().as_bytes(), &mut store.names);
    let question = Question { kinds: vec![Kind::Pods, Kind::Nodes], by: vec![label("part-of")], ..Question::default() };
    let tree = |question: &Question, filter: &str| {
        let pool = pool(&store, &question.kinds, filter);
        Tree::new(&store, &pool, &mut Levels::default(), &question.by, &[], None)
    };
    let groups = tree(&question, "");
    let web = groups.lines.iter().position(|line| line.name == "web").unwrap();
    assert_eq!((groups.lines[web].versions.as_str(), groups.lines[web].version_count), ("2 versions", 2));
    let terms = format!("{} -version:<none>", groups.terms(web).unwrap());
    assert_eq!(tree(&question.of_versions(), &terms).lines.len(), 2);
}

#[test]
fn a_cell_of_several_kinds_tells_all_of_them_and_not_the_first_alone() {
    let store = cluster();
    let matrix = Matrix::new(&store, &pool(&store, &[Kind::Pods, Kind::Nodes], ""), &Key::Zone, &Key::State);
    for cell in 0..matrix.cells.len() {
        let terms = matrix.terms(cell).unwrap();
        let found = matrix.kinds(cell).into_iter().map(|kind| behind(&store, kind, &terms)).sum::<u64>();
        assert_eq!(found, matrix.cells[cell].iter().sum::<u64>(), "{terms}");
        assert_eq!(matrix.place(matrix.key(cell).unwrap()), Some(cell));
    }
    // A pod and a node are not ready there.
    assert!((0..matrix.cells.len()).any(|cell| matrix.kinds(cell) == [Kind::Nodes]));
}

#[test]
fn objects_are_grouped_by_an_annotation_and_each_group_leads_to_its_rows() {
    let mut store = cluster();
    let values = [
        ("pod-shop-a", "team a, b"),
        ("pod-shop-b", "team a, b"),
        ("pod-shop-c", ""),
        ("node-n1", "x=y"),
        ("pod-bank-d", r#"{"team": "a"}"#),
    ];
    let annotated = |store: &mut Store| {
        for (uid, value) in values {
            let object = serde_json::json!({"metadata": {"uid": uid, "annotations": {"example.org/team": value}}});
            store.annotations.upsert(object.to_string().as_bytes(), Kind::Pods, &mut store.names);
        }
        for uid in ["pod-bank-e", "node-n2"] {
            let object = serde_json::json!({"metadata": {"uid": uid}});
            store.annotations.upsert(object.to_string().as_bytes(), Kind::Pods, &mut store.names);
        }
    };
    // Of what nobody asks for nothing is kept.
    annotated(&mut store);
    let key = Key::Annotation("example.org/team".to_owned());
    let tree = |store: &Store| {
        let pool = pool(store, &[Kind::Pods, Kind::Nodes], "");
        Tree::new(store, &pool, &mut Levels::default(), std::slice::from_ref(&key), &[], None)
    };
    let unread = tree(&store);
    assert_eq!((unread.lines[0].name.as_str(), unread.lines.len(), unread.terms(0)), ("not read yet", 1, None));
    store.annotations.want(&["example.org/team".to_owned()], &[Kind::Pods]);
    annotated(&mut store);
    let tree = tree(&store);
    let mut names: Vec<_> = tree.lines.iter().map(|line| (line.name.as_str(), line.sum.total())).collect();
    names.sort_unstable();
    let expect = [("empty", 1), ("no …/team", 2), ("team a, b", 2), ("x=y", 1), (r#"{"team": "a"}"#, 1)];
    assert_eq!(names, expect);
    for (at, line) in tree.lines.iter().enumerate() {
        match tree.terms(at) {
            Some(terms) => {
                let found = [Kind::Pods, Kind::Nodes].map(|kind| behind(&store, kind, &terms));
                assert_eq!(found, [line.sum.of(Kind::Pods), line.sum.of(Kind::Nodes)], "{terms}");
            }
            // A filter's text holds no quotes.
            None => assert!(line.name.contains('"'), "{}", line.name),
        }
    }
}
