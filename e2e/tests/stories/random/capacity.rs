//! What the bars should say of the nodes' resources, in whole numbers all along.

use super::page::Lines;
use super::told::Node;
use crate::oracle::NANOS;

/// Titles and what kubectl calls them.
const BARS: [(&str, &str); 3] = [("CPU", "cpu"), ("Memory", "memory"), ("Disk", "ephemeral-storage")];

/// What a bar is made of, in billionths.
struct Bar {
    all: u128,
    used: Option<u128>,
    /// What those have that report, where these are not all.
    measure: Option<u128>,
    /// Requests and limits, where they are known.
    asked: Option<[u128; 2]>,
}

/// The bars of all nodes.
pub fn capacity(nodes: &[Node], all_pods_are_known: bool, lines: &mut Lines) {
    let known = nodes.iter().filter(|node| node.used.is_some()).count();
    for (at, (title, resource)) in BARS.into_iter().enumerate() {
        let of = |node: &Node| amount(&node.described.allocatable, resource);
        let sum = |of: &dyn Fn(&Node) -> u128| nodes.iter().map(of).sum::<u128>();
        let is_measured = at < 2 && known > 0;
        let used = |node: &Node| node.used.and_then(|used| used.get(at).copied()).unwrap_or_default();
        let reporting = |node: &Node| if node.used.is_some() { of(node) } else { 0 };
        let asked = [
            sum(&|node| amount(&node.described.requests, resource)),
            sum(&|node| amount(&node.described.limits, resource)),
        ];
        let bar = Bar {
            all: sum(&of),
            used: is_measured.then(|| sum(&used)),
            measure: (is_measured && known < nodes.len()).then(|| sum(&reporting)),
            asked: all_pods_are_known.then_some(asked),
        };
        let text = |amount: u128| if title == "CPU" { cores(amount) } else { bytes(amount) };
        lines.insert(format!("capacity: {title}"), bar.words(title, &text, if title == "CPU" { " cores" } else { "" }));
    }
    let pods = Bar {
        all: nodes.iter().map(|node| amount(&node.described.allocatable, "pods")).sum(),
        used: all_pods_are_known.then(|| nodes.iter().map(|node| node.described.pods * NANOS).sum()),
        measure: None,
        asked: None,
    };
    lines.insert("capacity: Pods".to_owned(), pods.words("Pods", &|pods| count(pods / NANOS), ""));
}

/// The largest share of a node that is used, and that is asked for.
pub fn shares(node: &Node, all_pods_are_known: bool) -> [String; 2] {
    let has = |resource: &str| amount(&node.described.allocatable, resource);
    let share = |part: u128, resource: &str| if has(resource) > 0 { rounded(part * 100, has(resource)) } else { 0 };
    let pods = if all_pods_are_known { share(node.described.pods * NANOS, "pods") } else { 0 };
    let used = node.used.map(|[cpu, memory]| share(cpu, "cpu").max(share(memory, "memory")).max(pods));
    let asked = BARS.iter().map(|(_, resource)| share(amount(&node.described.requests, resource), resource));
    let asked = all_pods_are_known.then(|| asked.max().unwrap_or_default().max(pods));
    let words = |share: Option<u128>| share.map_or_else(|| "no data".to_owned(), |share| format!("{share} %"));
    let short = ["memory", "disk", "process ids"].into_iter().zip(node.short).filter(|(_, short)| *short);
    let short: Vec<&str> = short.map(|(what, _)| what).collect();
    // What a node says itself stands in place of what was measured.
    let used = if short.is_empty() { words(used) } else { format!("short of {}", short.join(" and ")) };
    [used, words(asked)]
}

impl Bar {
    fn words(&self, title: &str, text: &dyn Fn(u128) -> String, unit: &str) -> String {
        let Self { all, used, measure, asked } = *self;
        let share = |part: u128, of: u128| {
            if of == 0 { "–".to_owned() } else { format!("{} %", rounded(part * 100, of)) }
        };
        let used_share = used.map_or_else(|| "no data".to_owned(), |used| share(used, measure.unwrap_or(all)));
        let partly = if measure.is_some() { " by the nodes that report" } else { "" };
        let (mut shares, mut said) = (vec![used_share.clone()], vec![format!("{used_share} used{partly}")]);
        if let Some([requests, limits]) = asked {
            shares.push(share(requests, all));
            said.push(format!("{} requested", share(requests, all)));
            if limits > 0 {
                shares.push(share(limits, all));
                said.push(format!("{} limits", share(limits, all)));
            }
        }
        let of = match (used, asked, measure) {
            (None, Some(_), _) => format!("requested of {}{unit}", text(all)),
            (_, _, Some(measure)) => format!("of {}{unit} that report", text(measure)),
            _ => format!("of {}{unit}", text(all)),
        };
        let first = used.or(asked.map(|[requests, _]| requests)).map_or_else(|| "–".to_owned(), text);
        format!("{first} {of} | {} | {title}: {} of {}{unit}", shares.join(" · "), said.join(", "), text(all))
    }
}

fn amount(amounts: &std::collections::BTreeMap<String, u128>, resource: &str) -> u128 {
    amounts.get(resource).copied().unwrap_or_default()
}

/// A count below a million with its thousands apart.
fn count(number: u128) -> String {
    match number {
        ..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

/// Cores with as many digits as `model::format` promises: `0.012`, `0.25`, `3.2`, `640`, `1.2k`.
fn cores(nanos: u128) -> String {
    let millis = nanos / (NANOS / 1_000);
    match millis {
        ..100 => decimal(millis, 3),
        100..995 => decimal(rounded(millis, 10), 2),
        995..99_950 => decimal(rounded(millis, 100), 1),
        99_950..999_500 => rounded(millis, 1_000).to_string(),
        _ => decimal(rounded(millis, 100_000), 1) + "k",
    }
}

/// Bytes in the largest unit that fits, with a tenth below ten.
fn bytes(nanos: u128) -> String {
    let bytes = nanos / NANOS;
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    // What would read as 1024 of a unit is one of the next.
    let fits = |(_, bits): &&(&str, u32)| rounded(bytes, 1 << bits) < 1_024;
    match units.iter().find(fits) {
        _ if bytes < 1_024 => format!("{bytes} B"),
        Some((unit, bits)) => {
            let tenths = rounded(bytes * 10, 1 << bits);
            let number = if tenths < 100 { decimal(tenths, 1) } else { rounded(bytes, 1 << bits).to_string() };
            format!("{number} {unit}")
        }
        None => format!("{bytes} bytes, which no cluster here has"),
    }
}

/// The nearest whole number of `unit`s, halves up.
fn rounded(number: u128, unit: u128) -> u128 {
    (number * 2 + unit) / (unit * 2)
}

fn decimal(number: u128, places: u32) -> String {
    let unit = 10_u128.pow(places);
    let text = format!("{}.{:0width$}", number / unit, number % unit, width = places as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
