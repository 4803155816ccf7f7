//! The health sentence: "52 of 5,000 nodes not ready. 144,014 pods run, 1,486 fail in 31 workloads, 1,500 wait."

use std::collections::HashSet;

use super::states;
use crate::filter::NONE;
use crate::format::{count, plural};
use crate::k8s::node::NodeReadiness;
use crate::k8s::pod_state::PodState;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::nodes::Pressure;

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words between numbers, with the spaces around them.
    Words(String),
    /// A number that leads to what it counts.
    Number {
        /// The number, with its noun where the noun belongs to the link.
        text: String,
        /// How it is to be seen.
        weight: Weight,
        /// The page that lists what was counted.
        list: List,
        /// The filter that leaves just these; may be empty.
        filter: String,
    },
}

/// How a number is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// All is well.
    Plain,
    /// To be watched.
    Warn,
    /// To be looked at now.
    Bad,
}

/// A page that lists things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Nodes.
    Nodes,
    /// Pods.
    Pods,
    /// Pods grouped by what runs them.
    Owners,
}

/// Says how the nodes are: nothing if none is loaded.
pub fn of_nodes(store: &Store) -> Vec<Piece> {
    let all = store.nodes.rows().len() as u64;
    let unready = store.nodes.rows().iter().filter(|(_, row)| row.readiness != NodeReadiness::Ready).count() as u64;
    let number = |number, weight, filter: &str| Piece::Number {
        text: count(number),
        weight,
        list: List::Nodes,
        filter: filter.to_owned(),
    };
    let short = store.nodes.rows().iter().filter(|(_, row)| row.is_short()).count() as u64;
    let mut pieces = match (all, unready) {
        (0, _) => return vec![],
        (_, 0) => vec![
            words("All "),
            number(all, Weight::Plain, ""),
            words(if all == 1 { " node ready" } else { " nodes ready" }),
        ],
        _ => vec![
            number(unready, Weight::Bad, "status:not-ready"),
            words(" of "),
            number(all, Weight::Plain, ""),
            words(" nodes not ready"),
        ],
    };
    // Ready, and yet its kubelet evicts pods.
    if short > 0 {
        pieces.push(words(", "));
        pieces.push(number(short, Weight::Warn, "cause:memory-pressure,disk-pressure,pid-pressure"));
        pieces.push(words(&format!(" short of {}", short_of(store))));
    }
    pieces.push(words(". "));
    pieces
}

/// What ready nodes are short of.
fn short_of(store: &Store) -> String {
    let any = |of: fn(&Pressure) -> bool| store.nodes.rows().iter().any(|(_, row)| row.is_short() && of(&row.pressure));
    let all = [(any(|p| p.memory), "memory"), (any(|p| p.disk), "disk"), (any(|p| p.pid), "process ids")];
    let named: Vec<&str> = all.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
    named.join(" or ")
}

/// Says how the pods of `namespaces` (of all, if none is named) are; the numbers sum to all of them.
pub fn of_pods(store: &Store, namespaces: &[Name]) -> Vec<Piece> {
    let tally = store.pods.in_namespaces(namespaces);
    if tally.total() == 0 {
        return vec![words("There are no pods.")];
    }
    let mut pieces = Vec::new();
    for state in SPOKEN {
        let number = u64::from(tally.count(state));
        // That none runs is worth a word, that none fails is said by its absence.
        if number == 0 && state != PodState::Running {
            continue;
        }
        let (noun, verb) = said(state, number);
        pieces.push(words(if pieces.is_empty() { "" } else { ", " }));
        pieces.push(Piece::Number {
            text: if noun.is_empty() { count(number) } else { plural(number, "pod", "pods") },
            weight: weight(state),
            list: List::Pods,
            filter: states::filter(state),
        });
        pieces.push(words(verb));
        if state == PodState::Failing {
            pieces.extend(of_failing_workloads(store, namespaces));
        }
    }
    pieces.push(words("."));
    pieces
}

/// The states in the order of the sentence.
const SPOKEN: [PodState; 6] = [
    PodState::Running,
    PodState::Failing,
    PodState::Waiting,
    PodState::NotReady,
    PodState::Terminating,
    PodState::Completed,
];

fn said(state: PodState, number: u64) -> (&'static str, &'static str) {
    let one = number == 1;
    match state {
        PodState::Running => ("pod", if one { " runs" } else { " run" }),
        PodState::Failing => ("", if one { " fails" } else { " fail" }),
        PodState::Waiting => ("", if one { " waits" } else { " wait" }),
        PodState::NotReady => ("", " not ready"),
        PodState::Terminating => ("", " ending"),
        PodState::Completed => ("", " completed"),
    }
}

fn weight(state: PodState) -> Weight {
    match state {
        PodState::Failing => Weight::Bad,
        PodState::Waiting | PodState::NotReady => Weight::Warn,
        PodState::Running | PodState::Terminating | PodState::Completed => Weight::Plain,
    }
}

/// Says how many workloads have a failing pod, and how many such pods nothing runs.
fn of_failing_workloads(store: &Store, namespaces: &[Name]) -> Vec<Piece> {
    let failing = store.pods.in_state(PodState::Failing);
    let failing = failing.filter(|pod| namespaces.is_empty() || namespaces.contains(&pod.namespace()));
    let (mut owned, mut alone) = (HashSet::new(), 0);
    for pod in failing {
        if pod.owner().is_empty() {
            alone += 1;
        } else {
            owned.insert((pod.namespace(), pod.owner_kind(), pod.owner()));
        }
    }
    let number = |text: String, list, not: &str| Piece::Number {
        text,
        weight: Weight::Plain,
        list,
        filter: format!("{} {not}owner:{NONE}", states::filter(PodState::Failing)),
    };
    let workloads = plural(owned.len() as u64, "workload", "workloads");
    let mut pieces = Vec::new();
    if !owned.is_empty() {
        pieces.extend([words(" in "), number(workloads, List::Owners, "-")]);
    }
    if !owned.is_empty() && alone > 0 {
        pieces.extend([words(" and "), number(format!("{} alone", count(alone)), List::Pods, "")]);
    }
    pieces
}

fn words(text: &str) -> Piece {
    Piece::Words(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{node, pod, store};
    use super::*;
    use crate::explore::{Key, Kind, Levels, Pool, Tree};
    use crate::filter::Filter;

    fn text(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(text) | Piece::Number { text, .. } => text.as_str(),
            })
            .collect()
    }

    #[test]
    fn nodes_are_all_ready_or_some_are_not() {
        let check = |ready: usize, unready: usize, expect: &str| {
            let nodes = (0..ready + unready).map(|at| node(&format!("n{at}")).ready(at < ready).json());
            assert_eq!(text(&of_nodes(&store(nodes, []))), expect);
        };
        check(0, 0, "");
        check(1, 0, "All 1 node ready. ");
        check(3, 0, "All 3 nodes ready. ");
        check(2, 1, "1 of 3 nodes not ready. ");
        check(1_000, 52, "52 of 1,052 nodes not ready. ");
    }

    #[test]
    fn a_ready_node_that_is_short_of_something_is_told() {
        let check = |nodes: Vec<_>, expect: &str| assert_eq!(text(&of_nodes(&store(nodes, []))), expect);
        let short = |name: &str, kind: &str| node(name).condition(kind).json();
        check(vec![node("a").json(), short("b", "MemoryPressure")], "All 2 nodes ready, 1 short of memory. ");
        check(
            vec![short("a", "MemoryPressure"), short("b", "DiskPressure"), node("c").ready(false).json()],
            "1 of 3 nodes not ready, 2 short of memory or disk. ",
        );
        // One that is not ready is told as that alone.
        check(
            vec![node("a").ready(false).condition("DiskPressure").json(), node("b").json()],
            "1 of 2 nodes not ready. ",
        );
    }

    #[test]
    fn pods_are_said_by_state_and_sum_to_all() {
        let pods = [
            pod("a", "team-1").running().json(),
            pod("b", "team-1").running().json(),
            pod("c", "team-1").owner("ReplicaSet", "web").failing("CrashLoopBackOff").json(),
            pod("d", "team-1").owner("ReplicaSet", "web").failing("CrashLoopBackOff").json(),
            pod("e", "team-2").failing("ErrImagePull").json(),
            pod("f", "team-2").phase("Pending").json(),
            pod("g", "team-2").phase("Succeeded").json(),
        ];
        let store = store([], pods);
        let all = "2 pods run, 3 fail in 1 workload and 1 alone, 1 waits, 1 completed.";
        assert_eq!(text(&of_pods(&store, &[])), all);
        let team = store.names.find("team-2").into_iter().collect::<Vec<_>>();
        assert_eq!(text(&of_pods(&store, &team)), "0 pods run, 1 fails, 1 waits, 1 completed.");
    }

    #[test]
    fn a_number_leads_to_just_what_it_counts() {
        let store = store([], [pod("a", "team-1").failing("CrashLoopBackOff").json()]);
        let pieces = of_pods(&store, &[]);
        let failing = pieces.iter().find_map(|piece| match piece {
            Piece::Number { weight: Weight::Bad, list, filter, .. } => Some((*list, filter.as_str())),
            _ => None,
        });
        assert_eq!(failing, Some((List::Pods, "status:failing")));
    }

    #[test]
    fn workloads_that_fail_lead_to_as_many_groups_as_are_told() {
        let mut pods: Vec<_> = ["web", "web", "api"]
            .iter()
            .enumerate()
            .map(|(at, name)| pod(&format!("p{at}"), "x").owner("ReplicaSet", name).failing("CrashLoopBackOff").json())
            .collect();
        pods.push(pod("alone", "x").failing("CrashLoopBackOff").json());
        let store = store([], pods);
        let pieces = of_pods(&store, &[]);
        // The rail's number beside Workloads was another one.
        assert_eq!(store.failing_workloads(|_| true), 2);
        let led = |wanted: &str| {
            pieces.iter().find_map(|piece| match piece {
                Piece::Number { text, list, filter, .. } if text == wanted => Some((*list, Filter::parse(filter))),
                _ => None,
            })
        };
        let (list, filter) = led("2 workloads").unwrap();
        let pool = Pool::new(&store, &[Kind::Pods], &[], &filter);
        let tree = Tree::new(&store, &pool, &mut Levels::default(), &[Key::Owner], &[], None);
        assert_eq!((list, tree.lines.len()), (List::Owners, 2));
        let (list, filter) = led("1 alone").unwrap();
        assert_eq!((list, Pool::new(&store, &[Kind::Pods], &[], &filter).len()), (List::Pods, 1));
    }

    #[test]
    fn a_cluster_without_pods_says_so() {
        assert_eq!(text(&of_pods(&store([], []), &[])), "There are no pods.");
    }
}
