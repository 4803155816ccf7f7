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
            owns => told.push(format!("{begin}{{{}}}{domain}", owns.join(","))),
        }
    }
    (told.join(", "), more)
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
        assert!(told.starts_with("general-b-{10,11,") && told.ends_with(",33}"), "{told}");
        assert_eq!(more, 6);
        check(&[], "", 0);
        check(&["-", ".", "a-.-"], "., -, a-.-", 0);
    }
}
