//! The labels that objects can be grouped by.

use super::key::Key;
use super::mix::{MixMap, MixSet};
use super::pool::{Other, Pool};
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;
use crate::store::pods::template::TemplateNumber;

/// The recommended labels stand first: <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>.
const RECOMMENDED: &str = "app.kubernetes.io/";
/// The most labels that are offered.
const MOST: usize = 200;

/// A label that some objects have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its key.
    pub key: String,
    /// How many values it has.
    pub values: usize,
    /// How many objects have it.
    pub objects: usize,
}

/// The labels of a pool: the recommended ones first, then those that most objects have; what is different for nearly every
/// object groups nothing and comes last.
pub fn labels(store: &Store, pool: &Pool) -> Vec<Offer> {
    let mut templates: MixMap<TemplateNumber, usize> = MixMap::default();
    for pod in pool.pods.iter().filter_map(|number| store.pods.get(*number)) {
        *templates.entry(pod.template_number()).or_default() += 1;
    }
    let templates =
        templates.into_iter().filter_map(|(number, pods)| Some((&store.pods.templates().get(number)?.labels, pods)));
    let others = pool.others.iter().filter_map(|other| Other::get(store, *other));
    let others = others.map(|other| match other {
        Other::Workload(row) => (&row.labels, 1),
        Other::Service(row) => (&row.labels, 1),
        Other::Node(row) => (&row.labels, 1),
    });
    let mut seen: MixSet<(Name, Name)> = MixSet::default();
    let mut found: MixMap<Name, (usize, usize)> = MixMap::default();
    for (labels, times) in templates.chain(others) {
        for (key, value) in labels {
            let (values, objects) = found.entry(*key).or_default();
            *objects += times;
            *values += usize::from(seen.insert((*key, *value)));
        }
    }
    let offers: Vec<Offer> = found
        .into_iter()
        .map(|(key, (values, objects))| Offer { key: store.names.text(key).to_owned(), values, objects })
        .collect();
    let rank = |offer: &Offer| {
        let unique = offer.values > 20 && offer.values * 2 > offer.objects;
        (unique, !offer.key.starts_with(RECOMMENDED), std::cmp::Reverse(offer.objects))
    };
    let mut offers = sorted(offers, |a, b| rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key)));
    offers.truncate(MOST);
    offers
}

/// The label that names the applications of a pool, if there is one; else what owns them.
pub fn application(offers: &[Offer]) -> Key {
    let names = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "k8s-app", "app"];
    let used = names.into_iter().find(|name| offers.iter().any(|offer| offer.key == *name));
    used.map_or(Key::Owner, |name| Key::Label(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Kind;
    use crate::filter::Filter;
    use crate::overview::fixture::{pod, store};

    #[test]
    fn recommended_labels_come_first_and_those_that_part_everything_last() {
        let pods = (0..60).map(|at| {
            let name = format!("p{at}");
            let pod = pod(&name, "a").label("tier", if at < 5 { "a" } else { "b" }).label("id", &name);
            if at < 9 { pod.label("app.kubernetes.io/version", "1").json() } else { pod.json() }
        });
        let store = store([], pods);
        let pool = Pool::new(&store, &[Kind::Pods], &[], &Filter::default());
        let offers = labels(&store, &pool);
        let seen: Vec<_> = offers.iter().map(|o| (o.key.as_str(), o.values, o.objects)).collect();
        assert_eq!(seen, [("app.kubernetes.io/version", 1, 9), ("tier", 2, 60), ("id", 60, 60)]);
        assert_eq!(application(&offers), Key::Owner);
    }
}
