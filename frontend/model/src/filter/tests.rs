use super::*;
use crate::k8s::workload::WorkloadKind;
use crate::store::Store;
use proptest::prelude::*;

struct Row {
    name: &'static str,
    namespace: &'static str,
    node: &'static str,
    zone: &'static str,
    owner: (&'static str, &'static str),
    version: &'static str,
    labels: &'static [(&'static str, &'static str)],
    state: &'static str,
    status: &'static str,
}

impl Subject for Row {
    fn name(&self) -> &str {
        self.name
    }

    fn namespace(&self) -> &str {
        self.namespace
    }

    fn node(&self) -> &str {
        self.node
    }

    fn zone(&self) -> &str {
        self.zone
    }

    fn owner(&self) -> (&str, &str) {
        self.owner
    }

    fn version(&self) -> &str {
        self.version
    }

    fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(found, _)| *found == key).map(|(_, value)| *value)
    }

    fn state(&self) -> &str {
        self.state
    }

    fn status(&self) -> &str {
        self.status
    }
}

const WEB: Row = Row {
    name: "web-frontend-7d9c4-x2kvp",
    namespace: "team-1",
    node: "ip-10-0-0-1",
    zone: "eu-1a",
    owner: ("Deployment", "web-frontend"),
    version: "1.2",
    labels: &[("app", "web"), ("app.kubernetes.io/version", "1.2")],
    state: "not ready",
    status: "Running",
};

const MIGRATE: Row = Row {
    name: "Migrate-0",
    namespace: "team-10",
    node: "",
    zone: "",
    owner: ("", ""),
    version: "",
    labels: &[],
    state: "failing",
    status: "Init:CrashLoopBackOff",
};

/// Which of the two rows match.
fn found(text: &str) -> (bool, bool) {
    let filter = Filter::parse(text);
    assert_eq!(filter.problems, [], "{text:?}");
    (filter.matches(&WEB), filter.matches(&MIGRATE))
}

#[test]
fn rows_match_every_term() {
    let check = |text: &str, web: bool, migrate: bool| assert_eq!(found(text), (web, migrate), "{text:?}");
    check("", true, true);
    check("   ", true, true);
    check("web", true, false);
    check("FRONT x2", true, false);
    check("front gone", false, false);
    check("migr", false, true);
    check("x2kvpx", false, false);
    check("-web", false, true);
    check("/^WEB-.*x2/", true, false);
    check("/^(web|migrate)-/", true, true);
    check("-/0$/ migr", false, false);
    check("/^front/", false, false);
    check("ns:team-1", true, false);
    check("ns:team-1,team-10", true, true);
    check("-ns:team-1", false, true);
    check("node:ip-10-0-0-1", true, false);
    check("node:ip-10", false, false);
    check("node:<none>", false, true);
    check("zone:eu-1a,eu-1b", true, false);
    check("zone:<none>", false, true);
    check("owner:web-frontend", true, false);
    check("owner:Deployment/web-frontend", true, false);
    check("owner:Job/web-frontend", false, false);
    check("owner:<none>", false, true);
    check("-owner:<none>", true, false);
    check("version:1.2", true, false);
    check("version:1", false, false);
    check("version:<none>", false, true);
    check("label:app", true, false);
    check("-label:app", false, true);
    check("label:app=web", true, false);
    check("label:app==web", true, false);
    check("label:app=we", false, false);
    check("label:app!=web", false, true);
    check("label:app!=api", true, true);
    check("label:app=", false, false);
    check("label:app,app.kubernetes.io/version=1.2", true, false);
    check("label:app,tier", false, false);
    check("web ns:team-1 -label:tier status:not-ready", true, false);
}

#[test]
fn statuses_are_our_states_or_the_beginnings_of_kubectls_words() {
    let check = |text: &str, web: bool, migrate: bool| assert_eq!(found(text), (web, migrate), "{text:?}");
    check("status:failing", false, true);
    check("status:fail", false, true);
    check("status:not-ready", true, false);
    check("status:NotReady", true, false);
    check("status:ready", false, false);
    // kubectl calls it Running, but it does not run well.
    check("status:running", false, false);
    check("status:runn", true, false);
    check("status:CrashLoopBackOff", false, true);
    check("status:crash", false, true);
    check("status:init", false, true);
    check("status:init:crash", false, true);
    check("status:loop", false, false);
    check("status:not-ready,crash", true, true);
    check("-status:failing", true, false);
}

#[test]
fn what_is_not_understood_is_told_with_its_place() {
    let check = |text: &str, place: Range<usize>, reason: Reason| {
        assert_eq!(Filter::parse(text).problems, [Problem { place, reason }], "{text:?}");
    };
    check("web colour:x", 4..12, Reason::UnknownKey("colour".to_owned()));
    check("\u{2003}ü ns:", 6..9, Reason::MissingValue("ns".to_owned()));
    check("status:,", 0..8, Reason::MissingValue("status".to_owned()));
    check("web -", 4..5, Reason::MissingTerm);
    check("label:=web", 0..10, Reason::MissingLabelKey);
    check(
        "-/we.* web",
        0..6,
        Reason::Pattern("a regular expression ends with /, and a text with a / stands in quotes"),
    );
    check("/", 0..1, Reason::Pattern("a regular expression ends with /, and a text with a / stands in quotes"));
    check("//", 0..2, Reason::Pattern("a regular expression says what to look for"));
    check("web /a(/", 4..8, Reason::Pattern("this regular expression cannot be read"));
    check("/a{9999}{9999}/", 0..15, Reason::Pattern("this regular expression cannot be read"));
    let long = format!("/{}/", "a".repeat(257));
    check(&long, 0..259, Reason::Pattern("a regular expression has 256 bytes at most"));
    assert_eq!(
        Reason::UnknownKey("colour".to_owned()).to_string(),
        "colour: is not known; there are ns:, status:, label:, annotation:, kind:, owner:, cause:, node:, zone:, image:, version:, qos:, priority: and object:, and of events type:, reason: and since:"
    );
}

#[test]
fn what_is_not_understood_takes_no_part_in_matching() {
    let filter = Filter::parse("web colour:x");
    assert!(filter.matches(&WEB) && !filter.matches(&MIGRATE));
    assert!(Filter::parse("ns:").is_empty());
}

#[test]
fn the_stores_rows_are_matched_by_their_names() {
    let mut store = Store::default();
    let pod = br#"{"metadata":{"name":"web-0","namespace":"a","uid":"1","labels":{"app":"web"},
        "ownerReferences":[{"kind":"Job","name":"w"}]},"spec":{"nodeName":"n1","containers":[{"image":"r.example:5000/web:2"}],
        "priorityClassName":"high"},"status":{"phase":"Failed","reason":"Evicted","qosClass":"BestEffort"}}"#;
    let node = br#"{"metadata":{"name":"n1","uid":"2","labels":{"zone":"a","topology.kubernetes.io/zone":"z"}},
        "spec":{"unschedulable":true},"status":{"nodeInfo":{"kubeletVersion":"v1.37.2"}}}"#;
    store.pods.upsert(pod, &mut store.names);
    store.nodes.upsert(node, &mut store.names);
    let row = store.pods.iter().next().unwrap();
    let pod = Named { row: &row, store: &store };
    let (_, row) = store.nodes.rows().iter().next().unwrap();
    let node = Named { row, store: &store };
    let of_pod = ["web", "ns:a", "node:n1", "zone:z", "owner:Job/w", "version:2", "qos:BestEffort", "priority:high"];
    let of_image = ["image:r.example:5000/web", "image:r.example:5000/web:2", "-image:web"];
    let of_both = ["label:app=web", "status:failing", "status:evict"];
    for text in of_pod.into_iter().chain(of_image).chain(of_both) {
        assert!(Filter::parse(text).matches(&pod), "{text:?}");
    }
    let of_node = ["n1", "node:n1", "zone:z", "owner:<none>", "version:v1.37.2", "label:zone=a", "status:not-ready"];
    for text in of_node.into_iter().chain(["status:scheduling", "-ns:a", "image:<none>", "qos:<none>"]) {
        assert!(Filter::parse(text).matches(&node), "{text:?}");
    }
}

#[test]
fn workloads_are_found_by_kind_owner_and_image() {
    let mut store = Store::default();
    let job = br#"{"metadata":{"name":"tidy-1","namespace":"a","uid":"1","ownerReferences":[{"kind":"CronJob","name":"tidy","controller":true}]},
        "spec":{"template":{"spec":{"containers":[{"name":"c","image":"registry.example/tidy:7"}]}}},
        "status":{"conditions":[{"type":"Failed","status":"True"}]}}"#;
    store.workloads.upsert(WorkloadKind::Job, job, &mut store.names);
    let (_, row) = store.workloads.rows().iter().next().unwrap();
    let row = Named { row, store: &store };
    let check = |text: &str, expect: bool| {
        let filter = Filter::parse(text);
        assert_eq!((filter.matches(&row), &filter.problems), (expect, &vec![]), "{text:?}");
    };
    for text in ["kind:job", "kind:Jobs", "kind:deploy,job", "-kind:cj", "owner:tidy", "owner:CronJob/tidy"] {
        check(text, true);
    }
    for text in
        ["kind:cronjob", "kind:cj", "kind:s", "owner:tid", "owner:Job/tidy", "image:nginx", "status:healthy", "node:n1"]
    {
        check(text, false);
    }
    for text in ["image:registry.example/tidy", "version:7", "status:degraded", "status:failed", "ns:a tidy"] {
        check(text, true);
    }
    assert!(Filter::parse("kind:job").names_kinds() && !Filter::parse("-kind:job x").names_kinds());
}

#[test]
fn another_kind_leaves_the_other_terms() {
    let check = |text: &str, kind: &str, expect: &str| assert_eq!(with_kind(text, kind), expect);
    check("", "", "");
    check("web  ns:a", "job", "kind:job web ns:a");
    check("web kind:job,cronjob ns:a", "", "web ns:a");
    check("kind:job -kind:cronjob", "deployment", "kind:deployment -kind:cronjob");
}

proptest! {
    #[test]
    fn any_text_is_read_and_matched_without_a_panic(text in r"\PC*|([ -]?(ns|node|label|status|x)?:?[a-z,=!/-]{0,5}){0,6}") {
        let filter = Filter::parse(&text);
        let _ = filter.matches(&WEB);
        for problem in &filter.problems {
            prop_assert!(text.get(problem.place.clone()).is_some_and(|part| !part.is_empty()));
        }
    }

    #[test]
    fn a_word_is_found_wherever_it_stands(before in "[a-zA-Z-]{0,9}", word in "[a-zA-Z0-9]{1,9}", after in "[a-zA-Z-]{0,9}") {
        let name = format!("{before}{word}{after}");
        prop_assert!(Word::new(&word.to_uppercase()).is_in(&name));
        prop_assert!(Word::new(&word.to_lowercase()).is_in(&name));
    }

    #[test]
    fn words_are_found_as_the_standard_library_finds_them(name in "[abAB]{0,12}", word in "[abAB]{1,4}") {
        let expect = name.to_lowercase().contains(&word.to_lowercase());
        prop_assert_eq!(Word::new(&word).is_in(&name), expect);
    }
}

#[test]
fn causes_and_events_are_matched() {
    let mut store = Store::default();
    let pod =
        br#"{"metadata":{"name":"web-0","namespace":"a","uid":"1"},"status":{"phase":"Failed","reason":"Evicted"}}"#;
    let event = br#"{"metadata":{"uid":"3","namespace":"a"},"type":"Warning","reason":"BackOff","message":"Back-off restarting",
        "involvedObject":{"kind":"Pod","name":"web-0"}}"#;
    store.pods.upsert(pod, &mut store.names);
    store.nodes.upsert(br#"{"metadata":{"name":"n1","uid":"2"}}"#, &mut store.names);
    store.events.upsert(event, &mut store.names);
    let check = |text: &str, expect: (bool, bool, bool)| {
        let filter = Filter::parse(text);
        assert_eq!(filter.problems, [], "{text:?}");
        let pod = store.pods.iter().next().unwrap();
        let (_, node) = store.nodes.rows().iter().next().unwrap();
        let (_, event) = store.events.rows().iter().next().unwrap();
        let found = (
            filter.matches(&Named { row: &pod, store: &store }),
            filter.matches(&Named { row: node, store: &store }),
            filter.matches(&Named { row: event, store: &store }),
        );
        assert_eq!(found, expect, "{text:?}");
    };
    check("cause:evicted", (true, false, false));
    check("cause:node-not-ready,x", (false, true, false));
    check("object:pod/web-0", (true, false, true));
    check("object:web-0", (true, false, true));
    check("object:job/web-0", (false, false, false));
    check("type:warning", (false, false, true));
    check("type:normal", (false, false, false));
    check("reason:backoff,x", (false, false, true));
    check("reason:back", (false, false, false));
    check("restarting", (false, false, true));
}

#[test]
fn a_reason_with_spaces_is_found_by_the_filter_that_a_click_writes() {
    let mut store = Store::default();
    let event = r#"{"metadata":{"uid":"1","name":"e","namespace":"a"},"reason":"Volume not ready, again","type":"Warning",
        "message":"waits for two disks","involvedObject":{"kind":"Pod","namespace":"a","name":"web-0"}}"#;
    store.events.upsert(event.as_bytes(), &mut store.names);
    let check = |text: &str, expect: bool| {
        let filter = Filter::parse(text);
        assert_eq!(filter.problems, [], "{text:?}");
        let (_, event) = store.events.rows().iter().next().unwrap();
        assert_eq!(filter.matches(&Named { row: event, store: &store }), expect, "{text:?}");
    };
    assert_eq!(quoted("BackOff"), "BackOff");
    let reason = quoted("Volume not ready, again");
    check(&format!("reason:{reason} ns:a object:pod/web-0"), true);
    check(&format!("reason:x,{reason}"), true);
    check(&format!("-reason:{reason}"), false);
    check(r#"reason:"Volume not ready""#, false);
    check(r#""for two""#, true);
    check(r#""two for""#, false);
    check(r#""for two"#, true);
    check("\"", true);
    assert_eq!(with_kind(r#"kind:pod reason:"a  b""#, "job"), r#"kind:job reason:"a  b""#);
}
