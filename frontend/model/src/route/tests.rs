use super::*;
use proptest::prelude::*;

fn at(page: Page) -> Location {
    Location { page, ..Location::overview("kind") }
}

fn pod(tab: PodTab) -> Page {
    Page::Pod { namespace: "team-1".to_owned(), name: "web-0".to_owned(), tab }
}

#[test]
fn every_page_has_its_fragment() {
    let check = |page: Page, fragment: &str| {
        assert_eq!(at(page.clone()).to_string(), fragment);
        assert_eq!(Location::parse(fragment), Some(at(page)), "{fragment}");
    };
    check(Page::Overview, "#/c/kind/overview");
    check(Page::Explore, "#/c/kind/explore");
    check(Page::Nodes, "#/c/kind/nodes");
    check(Page::Node { name: "ip-10-0-0-1.internal".to_owned() }, "#/c/kind/nodes/ip-10-0-0-1.internal");
    check(Page::Pods, "#/c/kind/pods");
    check(Page::Diagnostics, "#/c/kind/diagnostics");
    check(pod(PodTab::Summary), "#/c/kind/pods/team-1/web-0");
    check(pod(PodTab::Yaml), "#/c/kind/pods/team-1/web-0/yaml");
    check(pod(PodTab::Events), "#/c/kind/pods/team-1/web-0/events");
    check(pod(PodTab::Logs), "#/c/kind/pods/team-1/web-0/logs");
    check(Page::Workloads, "#/c/kind/workloads");
    check(
        Page::Workload { kind: WorkloadKind::CronJob, namespace: "a".to_owned(), name: "tidy".to_owned() },
        "#/c/kind/cronjobs/a/tidy",
    );
    check(Page::Services, "#/c/kind/services");
    check(Page::Events, "#/c/kind/events");
    check(Page::Service { namespace: "a".to_owned(), name: "web".to_owned() }, "#/c/kind/services/a/web");
    check(Page::Namespaces, "#/c/kind/namespaces");
    check(Page::Namespace { name: "a".to_owned() }, "#/c/kind/namespaces/a");
    check(Page::Unknown("access/roles".to_owned()), "#/c/kind/access/roles");
    check(Page::Unknown("pods/a%2Fb".to_owned()), "#/c/kind/pods/a%2Fb");
}

#[test]
fn a_cluster_may_have_any_name() {
    let check = |cluster: &str, fragment: &str| {
        assert_eq!(Location::overview(cluster).to_string(), fragment);
        assert_eq!(Location::parse(fragment).unwrap().cluster, cluster);
    };
    check("kind kind", "#/c/kind%20kind/overview");
    check("arn:aws:eks:eu-1:12:cluster/x", "#/c/arn:aws:eks:eu-1:12:cluster%2Fx/overview");
    check("ü", "#/c/%C3%BC/overview");
    check("100%?#", "#/c/100%25%3F%23/overview");
}

#[test]
fn a_bare_cluster_is_its_overview() {
    for fragment in ["/c/kind", "#/c/kind", "#/c/kind/", "#/c/kind/overview/", "#/c/kind?"] {
        assert_eq!(Location::parse(fragment), Some(Location::overview("kind")), "{fragment}");
    }
}

#[test]
fn a_fragment_without_a_cluster_is_no_location() {
    for fragment in ["", "#", "/", "#/", "#/c", "#/c/", "#/c//pods", "#session=abc", "#pods", "#/overview"] {
        assert_eq!(Location::parse(fragment), None, "{fragment}");
    }
}

#[test]
fn the_view_is_the_query() {
    let view = View {
        namespaces: vec!["team-1".to_owned(), "a,b".to_owned()],
        query: "web label:app=x&y -z".to_owned(),
        sort: Some(Sort { column: "age".to_owned(), descending: true }),
        by: Some("label:topology.kubernetes.io/rack".to_owned()),
        container: Some("main".to_owned()),
        previous: true,
        other: vec![("columns".to_owned(), "name,age".to_owned())],
    };
    let fragment = "#/c/kind/pods?ns=team-1,a%2Cb&q=web%20label:app%3Dx%26y%20-z&sort=-age\
        &by=label:topology.kubernetes.io/rack&container=main&previous=1&columns=name%2Cage";
    let location = Location { view, ..at(Page::Pods) };
    assert_eq!(location.to_string(), fragment);
    assert_eq!(Location::parse(fragment), Some(location));
}

#[test]
fn odd_queries_are_read_as_what_they_can_mean() {
    let check = |query: &str, expect: View| assert_eq!(View::parse(query), expect, "{query}");
    check("ns=&q=&sort=-&by=&container=&previous=0&&", View::default());
    check("ns=,a,", View { namespaces: vec!["a".to_owned()], ..View::default() });
    check("q=a&q=b%", View { query: "b%".to_owned(), ..View::default() });
    check("q=%zz%F", View { query: "%zz%F".to_owned(), ..View::default() });
    check("q=%FF", View { query: "\u{FFFD}".to_owned(), ..View::default() });
    check("q=a+b=c", View { query: "a+b=c".to_owned(), ..View::default() });
    check("new", View { other: vec![("new".to_owned(), String::new())], ..View::default() });
}

#[test]
fn another_page_keeps_the_namespaces_and_nothing_else() {
    let before =
        at(Page::Pods).with_namespaces(vec!["a".to_owned()]).with_query("web").with_by(Some("zone".to_owned()));
    assert_eq!(before.with_page(Page::Nodes).to_string(), "#/c/kind/nodes?ns=a");
    let sort = Some(Sort { column: "name".to_owned(), descending: false });
    assert_eq!(before.with_sort(sort).to_string(), "#/c/kind/pods?ns=a&q=web&sort=name&by=zone");
    let logs = at(pod(PodTab::Logs)).with_container("main", true);
    assert_eq!(logs.to_string(), "#/c/kind/pods/team-1/web-0/logs?container=main&previous=1");
}

fn any_page() -> impl Strategy<Value = Page> {
    let tab = prop_oneof![Just(PodTab::Summary), Just(PodTab::Yaml), Just(PodTab::Events), Just(PodTab::Logs)];
    prop_oneof![
        Just(Page::Overview),
        Just(Page::Explore),
        Just(Page::Nodes),
        ".+".prop_map(|name| Page::Node { name }),
        Just(Page::Pods),
        Just(Page::Workloads),
        (prop::sample::select(&WorkloadKind::ALL[..]), ".+", ".+").prop_map(|(kind, namespace, name)| Page::Workload {
            kind,
            namespace,
            name
        }),
        Just(Page::Services),
        Just(Page::Events),
        (".+", ".+").prop_map(|(namespace, name)| Page::Service { namespace, name }),
        Just(Page::Namespaces),
        ".+".prop_map(|name| Page::Namespace { name }),
        (".+", ".+", tab).prop_map(|(namespace, name, tab)| Page::Pod { namespace, name, tab }),
        "[a-z]{0,3}x(/[a-z%]{1,5}){0,3}".prop_map(Page::Unknown),
    ]
}

fn any_view() -> impl Strategy<Value = View> {
    let sort = ("[^-].*", any::<bool>()).prop_map(|(column, descending)| Sort { column, descending });
    let parts = (
        prop::collection::vec(".+", 0..3),
        ".*",
        prop::option::of(sort),
        prop::option::of(".+"),
        prop::option::of(".+"),
        any::<bool>(),
        prop::collection::vec(("x.*", ".*"), 0..3),
    );
    parts.prop_map(|(namespaces, query, sort, by, container, previous, other)| View {
        namespaces,
        query,
        sort,
        by,
        container,
        previous,
        other,
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(cluster in ".+", page in any_page(), view in any_view()) {
        let location = Location { cluster, page, view };
        let fragment = location.to_string();
        prop_assert!(fragment.is_ascii() && !fragment.contains(' '), "{}", fragment);
        prop_assert_eq!(Location::parse(&fragment), Some(location));
    }

    #[test]
    fn what_is_read_from_any_text_reads_back(text in r"\PC*|#?/c/[a-z%0-9/]{0,20}(\?[a-z=&,%0-9-]{0,40})?") {
        if let Some(location) = Location::parse(&text) {
            prop_assert_eq!(Location::parse(&location.to_string()), Some(location));
        }
    }
}
