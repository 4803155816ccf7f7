use super::*;
use proptest::prelude::*;

#[test]
fn managed_fields_are_left_out() {
    let text = "\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: \"2026-11-23T18:00:00Z\"
  labels:
    app: web
  managedFields:
  - apiVersion: v1
    fieldsType: FieldsV1
    fieldsV1:
      f:metadata:
        f:labels:
          .: {}

    manager: kubectl
  - apiVersion: v1
    manager: kubelet
  name: web-0
spec:
  managedFields: mine
  containers:
  - name: main
";
    let expect = "\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: \"2026-11-23T18:00:00Z\"
  labels:
    app: web
  name: web-0
spec:
  managedFields: mine
  containers:
  - name: main
";
    assert_eq!(without_managed_fields(text), expect);
}

#[test]
fn text_without_managed_fields_stays_as_it_is() {
    for text in
        ["", "\n", "kind: Pod", "metadata:\n  name: a\n", "data:\n  a: |\n    metadata:\n      managedFields:\n"]
    {
        assert_eq!(without_managed_fields(text), text);
    }
}

#[test]
fn managed_fields_at_the_end_are_left_out() {
    assert_eq!(without_managed_fields("metadata:\n  managedFields:\n  - manager: a\n"), "metadata:\n");
    assert_eq!(without_managed_fields("metadata:\n  managedFields: []\nkind: Pod\n"), "metadata:\nkind: Pod\n");
}

/// The parts of each line with a letter for what they are.
fn parts(text: &str) -> Vec<Vec<(char, &str)>> {
    let mut highlighter = Highlighter::default();
    text.lines()
        .map(|line| {
            let spans = highlighter.line(line).into_iter();
            spans.map(|span| (letter(span.kind), line.get(span.start..span.end).unwrap())).collect()
        })
        .collect()
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Key => 'k',
        Kind::String => 's',
        Kind::Number => 'n',
        Kind::Constant => 'c',
        Kind::Comment => '#',
    }
}

#[test]
fn the_parts_of_a_line_are_told() {
    let check = |line: &str, expect: &[(char, &str)]| assert_eq!(parts(line), [expect], "{line:?}");
    check("kind: Pod", &[('k', "kind"), ('s', "Pod")]);
    check("metadata:", &[('k', "metadata")]);
    check("  replicas: 3", &[('k', "replicas"), ('n', "3")]);
    check("  weight: -1.5e3", &[('k', "weight"), ('n', "-1.5e3")]);
    check("  size: 1e3", &[('k', "size"), ('n', "1e3")]);
    check("  date: 2026-11-23", &[('k', "date"), ('s', "2026-11-23")]);
    check("  hash: e3", &[('k', "hash"), ('s', "e3")]);
    check("  version: 1.2.3", &[('k', "version"), ('s', "1.2.3")]);
    check("  image: nginx:1.27", &[('k', "image"), ('s', "nginx:1.27")]);
    check("  hostNetwork: true", &[('k', "hostNetwork"), ('c', "true")]);
    check("  - name: main", &[('k', "name"), ('s', "main")]);
    check("  - - a", &[('s', "a")]);
    check("  - --port=80", &[('s', "--port=80")]);
    check("  -", &[]);
    check("  emptyDir: {}", &[('k', "emptyDir")]);
    check("  app.kubernetes.io/name: web", &[('k', "app.kubernetes.io/name"), ('s', "web")]);
    check("  f:metadata:", &[('k', "f:metadata")]);
    check(r#"  "a: b": "c # d" # e"#, &[('k', "\"a: b\""), ('s', "\"c # d\""), ('#', "# e")]);
    check(r#"  a: "b \" # c""#, &[('k', "a"), ('s', r#""b \" # c""#)]);
    check("  a: 'it''s' # b", &[('k', "a"), ('s', "'it''s'"), ('#', "# b")]);
    check("# a: b", &[('#', "# a: b")]);
    check("  a: b#c", &[('k', "a"), ('s', "b#c")]);
    check("  a: {b: c}", &[('k', "a"), ('s', "{b: c}")]);
    check("---", &[]);
}

#[test]
fn a_block_of_text_is_a_string_to_its_end() {
    let text = "data:\n  run: |-\n    # not a comment\n\n    key: value\n  next: >\n    folded\nkind: ConfigMap";
    let expect: [&[(char, &str)]; 8] = [
        &[('k', "data")],
        &[('k', "run")],
        &[('s', "# not a comment")],
        &[],
        &[('s', "key: value")],
        &[('k', "next")],
        &[('s', "folded")],
        &[('k', "kind"), ('s', "ConfigMap")],
    ];
    assert_eq!(parts(text), expect);
}

#[test]
fn a_block_in_a_list_ends_with_its_item() {
    let text = "args:\n- |\n  echo a\n- b: |\n    echo c\n  d: 1";
    let expect: [&[(char, &str)]; 6] =
        [&[('k', "args")], &[], &[('s', "echo a")], &[('k', "b")], &[('s', "echo c")], &[('k', "d"), ('n', "1")]];
    assert_eq!(parts(text), expect);
}

proptest! {
    #[test]
    fn spans_of_any_text_lie_in_order_within_their_line(text in r"(\PC|\n)*|([ ]{0,4}(- )?[a-z:'#|>-]{0,9} ?[a-z:'#|> 0-9-]{0,9}\n){0,6}") {
        let mut highlighter = Highlighter::default();
        for line in text.lines() {
            let mut end = 0;
            for span in highlighter.line(line) {
                prop_assert!(end <= span.start && span.start < span.end);
                prop_assert!(line.get(span.start..span.end).is_some());
                end = span.end;
            }
        }
    }

    #[test]
    fn what_is_kept_are_whole_lines_of_the_text(text in r"(metadata:\n)?((  managedFields:|  - a|    b|  c: d|e)\n){0,9}\PC*") {
        let kept = without_managed_fields(&text);
        let mut lines = text.split_inclusive('\n');
        prop_assert!(kept.split_inclusive('\n').all(|line| lines.any(|other| other == line)));
    }
}
