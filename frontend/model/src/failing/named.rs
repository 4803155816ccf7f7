//! Names of nodes in short: what many begin with is told once.

use std::collections::BTreeMap;

/// So many names are told.
const MOST: usize = 24;

/// Names in their order, those that differ in their last part together: `general-b-{02,05}, gpu-a-01`; and how many are left out.
pub(super) fn in_short<'n>(names: impl Iterator<Item = &'n str>) -> (String, usize) {
    let mut alike: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for name in names {
        let (head, domain) = name.split_at(name.find('.').unwrap_or(name.len()));
        let (begin, own) = head.split_at(head.rfind('-').map_or(0, |at| at + 1));
        alike.entry((begin, domain)).or_default().push(own);
    }
    let (mut told, mut left) = (Vec::new(), MOST);
    let mut more = 0;
    for ((begin, domain), owns) in alike {
        let owns = crate::order::sorted(owns, Ord::cmp);
        let shown = owns.get(..left.min(owns.len())).unwrap_or_default();
        more += owns.len() - shown.len();
        left -= shown.len();
        match shown {
            [] => {}
            [own] => told.push(format!("{begin}{own}{domain}")),
            // Of short beginnings the whole names are as quick to read.
            _ if begin.len() + domain.len() < 4 => told.extend(shown.iter().map(|own| format!("{begin}{own}{domain}"))),
            owns => told.push(format!("{begin}{{{}}}{domain}", with_spans(owns))),
        }
    }
    (told.join(", "), more)
}

/// Numbers that follow each other are told as a span: `02,05-09`.
fn with_spans(owns: &[&str]) -> String {
    let number = |own: &str| own.bytes().all(|byte| byte.is_ascii_digit()).then(|| own.parse::<u32>().ok()).flatten();
    let follows = |a: &&str, b: &&str| {
        a.len() == b.len() && number(a).zip(number(b)).is_some_and(|(a, b)| a.checked_add(1) == Some(b))
    };
    let spans = owns.chunk_by(follows).map(|span| match span {
        [first, _, .., last] => format!("{first}-{last}"),
        few => few.join(","),
    });
    spans.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::in_short;

    #[test]
    fn the_names_of_many_nodes_took_ten_seconds_to_read() {
        let check = |names: &[&str], expect: &str, more: usize| {
            assert_eq!(in_short(names.iter().copied()), (expect.to_owned(), more));
        };
        check(&["general-b-05", "general-b-02", "gpu-a-01"], "general-b-{02,05}, gpu-a-01", 0);
        check(&["c-1", "c-2", "node"], "node, c-1, c-2", 0);
        let clouds = ["ip-10-0-1-23.eu-1.internal", "ip-10-0-1-4.eu-1.internal", "ip-10-0-9-4.eu-1.internal"];
        check(&clouds, "ip-10-0-1-{23,4}.eu-1.internal, ip-10-0-9-4.eu-1.internal", 0);
        let many: Vec<String> = (10..40).map(|at| format!("general-b-{at}")).collect();
        let (told, more) = in_short(many.iter().map(String::as_str));
        assert_eq!((told.as_str(), more), ("general-b-{10-33}", 6));
        check(&["n-08", "n-09", "n-10", "n-12", "n-13"], "n-08, n-09, n-10, n-12, n-13", 0);
        check(&["node-08", "node-09", "node-10", "node-12", "node-13"], "node-{08-10,12,13}", 0);
        // Of different lengths they are no numbers that count on.
        check(&["node-8", "node-9", "node-10", "node-x"], "node-{10,8,9,x}", 0);
        check(&[], "", 0);
        check(&["-", ".", "a-.-"], "., -, a-.-", 0);
    }
}
