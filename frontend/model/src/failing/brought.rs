//! Which version is behind a trouble, since when it is there, and which came before: by what is in the store of replica sets, events and pods.

use std::collections::HashMap;

use super::Trouble;
use super::began::Sets;
use crate::age::human;
use crate::k8s::image;
use crate::k8s::workload::WorkloadKind;
use crate::store::Store;
use crate::store::names::Name;

/// The coming of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Since when it is there, in seconds since the epoch.
    since_s: i64,
    /// Whether it may have been there before that.
    or_longer: bool,
    /// The version before it, or empty.
    before: String,
}

impl Brought {
    /// Whether both are known: since when, and what was before.
    pub fn is_whole(&self) -> bool {
        !self.or_longer && !self.before.is_empty()
    }

    /// `version 2.4.0-rc1 since 12m, before: 2.3.1`.
    pub fn words(&self, version: &str, now_s: i64) -> String {
        let or_longer = if self.or_longer { " or longer" } else { "" };
        let before = if self.before.is_empty() { String::new() } else { format!(", before: {}", self.before) };
        format!("version {version} since {}{or_longer}{before}", human(now_s.saturating_sub(self.since_s)))
    }
}

/// A template of a workload, now or before.
struct Made<'s> {
    images: &'s [Name],
    /// When it first had pods, in seconds since the epoch.
    at_s: Option<i64>,
    /// Whether it may have had some earlier.
    or_earlier: bool,
}

/// Tells of each trouble of a workload which version its pods run, and what is known of its coming.
pub(super) fn tell(store: &Store, sets: &Sets<'_>, found: &mut [Trouble]) {
    let kind_of = |text: &str| WorkloadKind::ALL.into_iter().find(|kind| kind.name() == text);
    let key = |trouble: &Trouble| {
        let [namespace, name] = [&trouble.namespace, &trouble.owner.1].map(|text| store.names.find(text));
        Some((namespace?, kind_of(&trouble.owner.0)?, name?))
    };
    let mut made: HashMap<_, Vec<Made<'_>>> = HashMap::new();
    for trouble in found.iter() {
        if let Some(key) = key(trouble) {
            made.entry(key).or_default();
        }
    }
    for (number, template, _) in store.pods.templates().iter() {
        let kind = kind_of(store.names.text(template.owner_kind));
        let made = kind.and_then(|kind| made.get_mut(&(template.namespace, kind, template.owner)));
        let Some(made) = made else { continue };
        let set_s = sets.began_s(store, template);
        let pods = || store.pods.of_template(number).filter_map(|pod| pod.created_s()).min();
        made.push(Made { images: &template.images, at_s: set_s.or_else(pods), or_earlier: set_s.is_none() });
    }
    let mut now: HashMap<_, &[Name]> = HashMap::new();
    for (_, row) in store.workloads.rows().iter() {
        let kind = kind_of(store.names.text(row.owner_kind));
        if let Some(made) = kind.and_then(|kind| made.get_mut(&(row.namespace, kind, row.owner))) {
            made.push(Made { images: &row.images, at_s: row.created_s, or_earlier: false });
        }
        now.insert((row.namespace, row.kind, row.name), &row.images);
    }
    let version = |image: Option<&Name>| image.map_or("", |image| image::version(store.names.text(*image)));
    for trouble in found {
        let Some((key, made)) = key(trouble).and_then(|key| made.get_key_value(&key)) else { continue };
        if trouble.version.is_empty() {
            let images = now.get(key).copied().or_else(|| made.first().map(|made| made.images));
            trouble.version = version(images.and_then(<[Name]>::first)).to_owned();
        }
        trouble.brought = of(made, &trouble.version, version);
    }
}

/// None where nothing is known of its coming.
fn of<'s>(made: &[Made<'s>], version: &str, version_of: impl Fn(Option<&'s Name>) -> &'s str) -> Option<Brought> {
    let place_in = |made: &Made<'s>| made.images.iter().position(|image| version_of(Some(image)) == version);
    let own = made.iter().filter(|made| place_in(made).is_some());
    let first = own.filter_map(|made| Some((made.at_s?, made))).min_by_key(|(at_s, made)| (*at_s, made.or_earlier));
    let (since_s, first) = first.filter(|_| !version.is_empty())?;
    // The container of that version, of what was there before; where a pod of that was replaced, its age tells nothing.
    let place = place_in(first).unwrap_or_default();
    let others = made.iter().filter(|made| place_in(made).is_none() && made.images.len() == first.images.len());
    let before = others.max_by_key(|made| (made.at_s <= Some(since_s), made.at_s));
    let before = before.map_or("", |made| version_of(made.images.get(place))).to_owned();
    Some(Brought { since_s, or_longer: first.or_earlier, before })
}
