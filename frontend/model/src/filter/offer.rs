//! What could stand at the end of a filter's text: keys, and then values that the store knows.

use std::collections::BTreeSet;

use super::KEYS;
use crate::k8s::image;
use crate::k8s::pod_state::PodState;
use crate::k8s::workload::WorkloadKind;
use crate::k8s::workload_state::WorkloadState;
use crate::store::Store;

/// The most that are offered at once.
const OFFERED: usize = 10;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is offered: `ns:`, or `team-1`.
    pub words: String,
    /// The whole text with it.
    pub text: String,
}

/// The ways to go on from a text, the best first.
pub fn offers(text: &str, store: &Store) -> Vec<Offer> {
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + text.get(at..).map_or(1, first_len));
    let (before, term) = text.split_at(start);
    let (minus, term) = term.strip_prefix('-').map_or(("", term), |term| ("-", term));
    let Some((key, value)) = term.split_once(':') else {
        let keys = KEYS.iter().filter(|key| key.starts_with(term));
        let of_key = |key: &&str| Offer { words: format!("{key}:"), text: format!("{before}{minus}{key}:") };
        return keys.map(of_key).collect();
    };
    // `ns:a,b` goes on after its last comma, `label:app=web` after its operator.
    let (done, begun) = value.split_at(value.rfind(',').map_or(0, |at| at + 1));
    let is_pair = matches!(key, "label" | "annotation");
    let label = begun.split_once('=').filter(|_| is_pair);
    let (values, end) = match label {
        Some((of, _)) if key == "annotation" => (values_of_annotation(store, of.trim_end_matches('!')), " "),
        Some((label, _)) => (values_of_label(store, label.trim_end_matches('!')), " "),
        None if is_pair => (values(store, key), "="),
        None => (values(store, key), " "),
    };
    let (head, begun) = match label {
        Some((label, begun)) => (format!("{done}{label}="), begun),
        None => (done.to_owned(), begun),
    };
    let needle = begun.to_ascii_lowercase();
    let (first, others): (Vec<&String>, Vec<&String>) = values
        .iter()
        .filter(|value| value.as_str() != begun && value.to_ascii_lowercase().contains(&needle))
        .partition(|value| value.to_ascii_lowercase().starts_with(&needle));
    let best = first.into_iter().chain(others).take(OFFERED);
    let of_value =
        |value: &String| Offer { words: value.clone(), text: format!("{before}{minus}{key}:{head}{value}{end}") };
    best.map(of_value).collect()
}

/// What is known of a key; without spaces, which part terms.
fn values(store: &Store, key: &str) -> BTreeSet<String> {
    let text = |name| store.names.text(name);
    let templates = || store.pods.templates().iter().map(|(_, template, _)| template);
    let nodes = || store.nodes.rows().iter().map(|(_, node)| node);
    let workloads = || store.workloads.rows().iter().map(|(_, row)| row);
    let mut found: BTreeSet<&str> = match key {
        "ns" => {
            let listed = store.namespaces.rows().iter().map(|(_, row)| text(row.name));
            listed.chain(store.pods.by_namespace().iter().map(|(name, _)| text(name))).collect()
        }
        "node" => nodes().map(|node| text(node.name)).collect(),
        "zone" => nodes().map(|node| text(node.zone)).collect(),
        "owner" => templates().map(|t| text(t.owner)).chain(workloads().map(|row| text(row.owner))).collect(),
        "image" => templates().filter_map(|t| t.images.first()).map(|name| image::repository(text(*name))).collect(),
        "version" => templates().filter_map(|t| t.images.first()).map(|name| image::version(text(*name))).collect(),
        "qos" => templates().map(|t| text(t.qos)).collect(),
        "priority" => templates().map(|t| text(t.priority_class)).collect(),
        "label" => {
            let of_pods = templates().flat_map(|t| t.labels.iter());
            of_pods.chain(workloads().flat_map(|row| row.labels.iter())).map(|(key, _)| text(*key)).collect()
        }
        "annotation" => store.annotations.keys().collect(),
        "kind" => WorkloadKind::ALL.iter().map(|kind| kind.name()).collect(),
        "status" => {
            let states = PodState::ALL.iter().map(|state| state.word());
            states.chain(WorkloadState::ALL.iter().map(|state| state.word())).collect()
        }
        _ => BTreeSet::new(),
    };
    found.remove("");
    found.into_iter().map(|value| value.replace(' ', "-")).collect()
}

fn values_of_label(store: &Store, key: &str) -> BTreeSet<String> {
    let Some(key) = store.names.find(key) else { return BTreeSet::new() };
    let of_pods = store.pods.templates().iter().filter_map(|(_, template, _)| template.label(key));
    let of_workloads = store.workloads.rows().iter().filter_map(|(_, row)| row.label(key));
    of_pods.chain(of_workloads).map(|value| store.names.text(value).to_owned()).collect()
}

/// Those that need no quotes.
fn values_of_annotation(store: &Store, key: &str) -> BTreeSet<String> {
    let values = store.annotations.of(key).into_iter().flatten();
    let values = values.filter_map(|(_, value)| *value).map(|value| store.names.text(value));
    let plain = values.filter(|value| !value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '"')));
    plain.map(str::to_owned).collect()
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::offers;
    use crate::store::Store;

    fn store() -> Store {
        let mut store = Store::default();
        for (uid, namespace, app) in [("1", "shop", "web"), ("2", "team-1", "api"), ("3", "workshop", "web")] {
            let pod = format!(
                r#"{{"metadata":{{"uid":"{uid}","name":"p","namespace":"{namespace}","labels":{{"app":"{app}","tier":"x"}}}},
                    "spec":{{"nodeName":"n1","containers":[{{"image":"registry.example/{app}:7"}}]}}}}"#
            );
            store.pods.upsert(pod.as_bytes(), &mut store.names);
        }
        store.annotations.want(&["team".to_owned()], &[crate::explore::Kind::Pods]);
        for (uid, team) in [("1", "payments"), ("2", "two words")] {
            let pod = format!(r#"{{"metadata":{{"uid":"{uid}","annotations":{{"team":"{team}"}}}}}}"#);
            store.annotations.upsert(pod.as_bytes(), crate::explore::Kind::Pods, &mut store.names);
        }
        store
    }

    #[test]
    fn keys_come_first_and_then_what_the_store_knows() {
        let store = store();
        let check = |text: &str, expect: &[(&str, &str)]| {
            let found = offers(text, &store);
            let found: Vec<_> = found.iter().map(|offer| (&*offer.words, &*offer.text)).collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("n", &[("ns:", "ns:"), ("node:", "node:")]);
        check("web -k", &[("kind:", "web -kind:")]);
        check("xyz", &[]);
        check("ns:sh", &[("shop", "ns:shop "), ("workshop", "ns:workshop ")]);
        check("web ns:shop,te", &[("team-1", "web ns:shop,team-1 ")]);
        check("-label:t", &[("tier", "-label:tier=")]);
        check("label:app=w", &[("web", "label:app=web ")]);
        check("label:app!=", &[("api", "label:app!=api "), ("web", "label:app!=web ")]);
        check("kind:cron", &[("CronJob", "kind:CronJob ")]);
        check("status:not", &[("not-ready", "status:not-ready ")]);
        check("image:api", &[("registry.example/api", "image:registry.example/api ")]);
        check("annotation:t", &[("team", "annotation:team=")]);
        check("annotation:team=", &[("payments", "annotation:team=payments ")]);
        check("colour:", &[]);
        assert_eq!(offers("", &store).len(), super::KEYS.len());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_goes_on_as_it_began(text in r"\PC{0,20}|([ -]?(ns|label|kind)?:?[a-z,=!]{0,4}){0,4}") {
            for offer in offers(&text, &store()) {
                let start = text.rfind(char::is_whitespace).unwrap_or(0);
                prop_assert!(offer.text.starts_with(&text[..start]));
            }
        }
    }
}
