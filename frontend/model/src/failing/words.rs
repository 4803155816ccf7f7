//! A trouble in words: the field's word for it, and why.

use super::cause::Cause;
use super::text::{has, short};
use super::{container, report, scheduling};
use crate::format::plural;
use crate::k8s::pod_state::PodState;
use crate::store::Store;
use crate::store::events::EventRow;
use crate::store::names::Names;
use crate::store::nodes::NodeRow;
use crate::store::pods::PodView;
use crate::store::symptoms::Symptom;

/// What a line says.
pub(super) struct Told {
    /// The field's word.
    pub title: String,
    /// Why.
    pub words: String,
    /// Reasons of the events that tell of the same: their first time is when it began.
    pub reasons: &'static [&'static str],
}

/// Of pods: by the one whose status is the newest, and the events about all of them.
pub(super) fn of_pods(cause: Cause, row: PodView<'_>, symptom: &Symptom, events: &[&EventRow], names: &Names) -> Told {
    let text = |name| names.text(name);
    let (title, words, reasons): (String, String, &'static [&'static str]) = match cause {
        Cause::Crash => (crash_title(symptom, names), container::crash(symptom, names), &["BackOff"]),
        Cause::OutOfMemory => ("OOMKilled".to_owned(), container::out_of_memory(symptom), &["BackOff"]),
        Cause::ImagePull => ("ImagePullBackOff".to_owned(), container::image(symptom, names), &["Failed", "BackOff"]),
        Cause::Config => ("CreateContainerConfigError".to_owned(), container::config(&symptom.message), &["Failed"]),
        Cause::Start => (start_title(symptom, names), container::start(symptom), &["Failed"]),
        Cause::Evicted => ("Evicted".to_owned(), evicted(&symptom.message), &["Evicted"]),
        Cause::Refused => (text(symptom.reason).to_owned(), refused(symptom, names), &[]),
        Cause::NodeLost => {
            ("NodeLost".to_owned(), "its node does not report, so its state is not known".to_owned(), &[])
        }
        Cause::Unschedulable => (
            "Unschedulable".to_owned(),
            scheduling::words(&symptom.message, row.template().requests),
            &["FailedScheduling"],
        ),
        Cause::Gated => {
            ("SchedulingGated".to_owned(), "waits for its scheduling gates to be taken away".to_owned(), &[])
        }
        Cause::Creating => return creating(events, names),
        Cause::Initializing => {
            ("Initializing".to_owned(), format!("init container {} has not ended yet", text(symptom.container)), &[])
        }
        Cause::Unready => return unready(symptom, events, names),
        Cause::ReadinessGate => {
            ("ReadinessGate".to_owned(), format!("waits for its condition {}", text(symptom.condition)), &[])
        }
        Cause::Terminating => (
            "Terminating".to_owned(),
            "should have ended by now; its node's kubelet has not ended it".to_owned(),
            &["FailedKillPod", "FailedPreStopHook"],
        ),
        Cause::Job => ("DeadlineExceeded".to_owned(), "ran longer than its deadline and was ended".to_owned(), &[]),
        _ => (other_title(symptom, names), other(symptom), &[]),
    };
    let whose = whose(cause, row, symptom, names);
    Told { title, words: format!("{whose}{words}"), reasons }
}

/// Of what was put out and made anew elsewhere.
pub(super) fn replaced(why: &str, all_are_ready: bool) -> String {
    // That its kubelet put it out is in the title.
    let why = why.strip_suffix(PUT_OUT).unwrap_or(why);
    if all_are_ready { format!("and replaced: {why}") } else { format!("{why}; another was made in its place") }
}

/// The word for what is wrong with nodes.
pub(super) fn node_title(cause: Cause) -> &'static str {
    match cause {
        Cause::NodeNotReady => "Node not ready",
        Cause::MemoryPressure => "MemoryPressure",
        Cause::DiskPressure => "DiskPressure",
        _ => "PIDPressure",
    }
}

/// Why a node is not well.
pub(super) fn of_node(cause: Cause, node: &NodeRow) -> String {
    let words = match cause {
        Cause::NodeNotReady => return not_ready(&node.message),
        Cause::MemoryPressure => "short of memory: its kubelet evicts pods and takes no new ones",
        Cause::DiskPressure => "short of disk: its kubelet evicts pods and takes no new ones",
        _ => "short of process ids: its kubelet evicts pods",
    };
    words.to_owned()
}

/// Why, and how many pods are on these nodes.
pub(super) fn with_pods(store: &Store, why: &str, nodes: &[&NodeRow]) -> String {
    let pods: u64 = nodes.iter().map(|node| u64::from(store.pods.on_node(node.name).active)).sum();
    let with = if nodes.len() == 1 { "with it" } else { "with them" };
    if pods == 0 { why.to_owned() } else { format!("{why}; {} {with}", plural(pods, "pod", "pods")) }
}

/// Since when a node is so.
pub(super) fn node_since_s(cause: Cause, node: &NodeRow) -> Option<i64> {
    if cause == Cause::NodeNotReady { node.since_s } else { node.pressed_s }
}

/// The workload that an event is about: of a ReplicaSet that looks like a Deployment's, that Deployment.
pub(super) fn workload(kind: &str, name: &str) -> (String, String) {
    // The end of such a name is a hash in an alphabet without vowels, so that it spells no words.
    let hash = |text: &str| {
        (8..=10).contains(&text.len()) && text.bytes().all(|byte| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte))
    };
    match name.rsplit_once('-') {
        Some((deployment, end)) if kind == "ReplicaSet" && hash(end) => {
            ("Deployment".to_owned(), deployment.to_owned())
        }
        _ => (kind.to_owned(), name.to_owned()),
    }
}

/// Which container it is, where that is not plain.
fn whose(cause: Cause, row: PodView<'_>, symptom: &Symptom, names: &Names) -> String {
    let of_container = matches!(cause, Cause::Crash | Cause::OutOfMemory | Cause::Config | Cause::Start);
    let name = names.text(symptom.container);
    match (of_container && !name.is_empty(), symptom.init, row.ready().1) {
        (true, true, _) => format!("init container {name} "),
        (true, false, 2..) => format!("container {name} "),
        _ => String::new(),
    }
}

fn crash_title(symptom: &Symptom, names: &Names) -> String {
    let word = symptom.end.as_ref().map_or("", |end| names.text(end.reason));
    match symptom.state {
        // The same while it runs for a moment.
        PodState::Failing | PodState::NotReady | PodState::Waiting if symptom.restarts > 0 => {
            "CrashLoopBackOff".to_owned()
        }
        _ if names.text(symptom.waiting) == "CrashLoopBackOff" => "CrashLoopBackOff".to_owned(),
        PodState::Running => "Restarted".to_owned(),
        _ if word.is_empty() => "Error".to_owned(),
        _ => word.to_owned(),
    }
}

fn start_title(symptom: &Symptom, names: &Names) -> String {
    let end = symptom.end.as_ref().map_or("", |end| names.text(end.reason));
    match (names.text(symptom.waiting), end) {
        ("" | "CrashLoopBackOff", "") => "StartError".to_owned(),
        ("" | "CrashLoopBackOff", end) => end.to_owned(),
        (waiting, _) => waiting.to_owned(),
    }
}

/// What follows where nothing was made in the place of a pod.
const PUT_OUT: &str = ", so the kubelet put it out";

fn evicted(message: &str) -> String {
    let of = |resource: &str| format!("its node was short of {resource}{PUT_OUT}");
    match super::text::between(message, "low on resource: ", ".") {
        Some("memory") => of("memory"),
        Some("ephemeral-storage" | "nodefs" | "imagefs" | "inodes") => of("disk"),
        Some("pids") => of("process ids"),
        _ if has(message, &["ephemeral local storage usage exceeds", "emptydir"]) => short(message),
        _ if message.is_empty() => "the kubelet put it out".to_owned(),
        _ => short(message),
    }
}

fn refused(symptom: &Symptom, names: &Names) -> String {
    match names.text(symptom.reason) {
        "NodeShutdown" | "Terminated" | "Shutdown" => "ended because its node was shut down".to_owned(),
        "Preempting" => "ended to make room for a pod of higher priority".to_owned(),
        "NodeAffinity" => "its node does not match its node selector any more".to_owned(),
        "NodePorts" => "its port was in use on the node".to_owned(),
        "OutOfcpu" => "its node had not enough CPU left for it".to_owned(),
        "OutOfmemory" => "its node had not enough memory left for it".to_owned(),
        "OutOfpods" => "its node had no room for more pods".to_owned(),
        _ if symptom.message.is_empty() => "its node would not take it".to_owned(),
        _ => short(&symptom.message),
    }
}

fn creating(events: &[&EventRow], names: &Names) -> Told {
    let told = newest(events).find_map(|event| report::creating(names.text(event.reason), &event.message));
    let (title, words) = told
        .unwrap_or_else(|| ("ContainerCreating", "its containers are being made, for longer than is usual".to_owned()));
    let reasons = &["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "NetworkNotReady"];
    Told { title: title.to_owned(), words, reasons }
}

fn unready(symptom: &Symptom, events: &[&EventRow], names: &Names) -> Told {
    let unhealthy = newest(events).filter(|event| names.text(event.reason) == "Unhealthy");
    let told = unhealthy.filter_map(|event| report::probe(&event.message)).next();
    let (title, words) = match told {
        Some(words) => ("Probe failing", words),
        None => ("Not ready", format!("container {} runs and is not ready", names.text(symptom.container))),
    };
    Told { title: title.to_owned(), words, reasons: &["Unhealthy"] }
}

fn other_title(symptom: &Symptom, names: &Names) -> String {
    let words = [symptom.waiting, symptom.reason, symptom.condition].map(|name| names.text(name));
    words.into_iter().find(|word| !word.is_empty()).unwrap_or("Failing").to_owned()
}

fn other(symptom: &Symptom) -> String {
    if symptom.message.is_empty() { "the status does not say why".to_owned() } else { short(&symptom.message) }
}

/// Why a node is not ready.
fn not_ready(message: &str) -> String {
    match message {
        _ if has(message, &["stopped posting node status"]) => "its kubelet stopped reporting".to_owned(),
        _ if has(message, &["cni plugin not initialized", "network plugin is not ready", "networkpluginnotready"]) => {
            "its network plugin is not ready".to_owned()
        }
        _ if has(message, &["pleg is not healthy"]) => "its container runtime does not answer (PLEG)".to_owned(),
        "" => "it does not say why".to_owned(),
        _ => short(message),
    }
}

fn newest<'e>(events: &[&'e EventRow]) -> impl Iterator<Item = &'e EventRow> + use<'e> {
    crate::order::sorted(events.to_vec(), |a, b| b.last_s.cmp(&a.last_s).then_with(|| a.uid.cmp(&b.uid))).into_iter()
}
