//! Why no node takes a pod, in words.
//!
//! The scheduler says it like this: `0/12 nodes are available: 10 node(s) didn't match Pod's node affinity/selector,
//! 2 Insufficient cpu. preemption: 0/12 nodes are available: …`.

use super::text::{between, short};
use crate::format::{bytes, cores};
use crate::k8s::resources::Resources;

/// The words.
pub(super) fn words(message: &str, requests: Resources) -> String {
    let Some((_, reasons)) = message.split_once(" nodes are available: ") else {
        return match message {
            "" => "the scheduler has not found a node yet".to_owned(),
            _ if message.starts_with("no nodes available") => "the cluster has no node that takes pods".to_owned(),
            _ => short(message),
        };
    };
    // What follows is of preemption and of claims.
    let reasons = [". preemption:", ". no new claims", ". not eligible", ". still not schedulable"]
        .iter()
        .fold(reasons, |reasons, end| reasons.split_once(end).map_or(reasons, |(before, _)| before));
    let reasons = reasons.trim_end_matches('.');
    let (mut said, mut lead) = (Vec::new(), None);
    for reason in parts(reasons) {
        let (count, what) = match reason.split_once(' ') {
            Some((count, what)) if count.bytes().all(|byte| byte.is_ascii_digit()) => (count, what),
            _ => ("", reason),
        };
        let what = what.strip_prefix("node(s) ").unwrap_or(what);
        let leads = lead.is_none();
        if leads {
            lead = lead_of(what, requests);
        }
        let what = words_of(what, count == "1");
        let what = if count.is_empty() { what } else { format!("{count} {what}") };
        // Of what is lacking first: the end of a line may not be seen.
        said.insert(if leads && lead.is_some() { 0 } else { said.len() }, what);
    }
    short(&format!("{}: {}", lead.unwrap_or_else(|| "no node fits".to_owned()), said.join(", ")))
}

/// The reasons, apart: a comma in a taint's braces parts none.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |c| {
        depth += i32::from(matches!(c, '{' | '(')) - i32::from(matches!(c, '}' | ')'));
        c == ',' && depth <= 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

/// What the pod lacks everywhere, if it is an amount.
fn lead_of(what: &str, requests: Resources) -> Option<String> {
    let resource = what.strip_prefix("Insufficient ")?;
    let amount = match resource {
        "cpu" if requests.cpu_millis > 0 => format!("{} CPU", cores(requests.cpu_millis)),
        "memory" if requests.mem_bytes > 0 => format!("{} of memory", bytes(requests.mem_bytes)),
        "ephemeral-storage" if requests.disk_bytes > 0 => format!("{} of disk", bytes(requests.disk_bytes)),
        "cpu" => "enough CPU".to_owned(),
        "memory" => "enough memory".to_owned(),
        other => format!("enough {other}"),
    };
    Some(format!("no node has {amount} free"))
}

fn words_of(what: &str, one: bool) -> String {
    let verb = |singular: &'static str, plural: &'static str| if one { singular } else { plural };
    if let Some(resource) = what.strip_prefix("Insufficient ") {
        let name = match resource {
            "cpu" => "CPU",
            "ephemeral-storage" => "disk",
            other => other,
        };
        return format!("{} {name}", verb("lacks", "lack"));
    }
    if what.contains("untolerated taint") {
        let taint = between(what, "{", "}").map(|taint| taint.trim_end_matches(": ").trim_end_matches([':', ' ']));
        return match taint.filter(|taint| !taint.is_empty()) {
            Some(taint) => format!("{} taint {taint}", verb("has", "have")),
            None => format!("{} a taint", verb("has", "have")),
        };
    }
    let known = [
        ("Too many pods", "has no room for more pods", "have no room for more pods"),
        (
            "didn't match Pod's node affinity/selector",
            "does not match its node selector",
            "do not match its node selector",
        ),
        ("didn't match pod affinity rules", "does not match its pod affinity", "do not match its pod affinity"),
        ("didn't match pod anti-affinity rules", "is ruled out by anti-affinity", "are ruled out by anti-affinity"),
        (
            "didn't satisfy existing pods anti-affinity rules",
            "is ruled out by other pods",
            "are ruled out by other pods",
        ),
        ("didn't match pod topology spread constraints", "would break its spread", "would break its spread"),
        ("had volume node affinity conflict", "is not where its volume is", "are not where its volume is"),
        ("exceed max volume count", "has no room for more volumes", "have no room for more volumes"),
        ("didn't find available persistent volumes to bind", "has no volume for it", "have no volume for it"),
        ("didn't have free ports", "has its port in use", "have its port in use"),
        ("were unschedulable", "is cordoned", "are cordoned"),
        ("is unschedulable", "is cordoned", "are cordoned"),
        ("cannot allocate all claims", "lacks the devices it claims", "lack the devices it claims"),
    ];
    if let Some((_, singular, plural)) = known.iter().find(|(said, ..)| what.starts_with(said)) {
        return verb(singular, plural).to_owned();
    }
    if what.starts_with("pod has unbound immediate PersistentVolumeClaims") {
        return "its volume claim is not bound yet".to_owned();
    }
    if let Some(claim) = between(what, "persistentvolumeclaim \"", "\"") {
        return format!("volume claim {claim} does not exist");
    }
    what.to_owned()
}
