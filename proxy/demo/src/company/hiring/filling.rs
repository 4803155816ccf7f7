//! The pods of a crew that has been given its places.

use std::ops::RangeFrom;

use super::super::fate::Fate;
use super::super::identity::digest;
use super::super::moment::Moment;
use super::super::network::Endpoint;
use super::super::origin::Origin;
use super::super::pod::{self, Course, Scheduling};
use super::blank::{self, Row};
use super::places::Place;
use super::{Hired, Newcomer, Opening, Places};
use crate::kinds::builtin;
use crate::random::Random;
use crate::store::Store;
use crate::store::template::Template;

/// A crew that is being hired.
#[derive(Debug)]
pub(super) struct Filling<'a> {
    opening: &'a Opening<'a>,
    origin: &'a Origin,
    store: &'a Store,
    places: &'a Places,
    versions: RangeFrom<u64>,
    random: Random,
    hired: Hired,
}

impl<'a> Filling<'a> {
    pub(super) fn new(opening: &'a Opening<'a>, origin: &'a Origin, store: &'a Store, places: &'a Places) -> Self {
        let (versions, random) = (opening.first_version.., opening.random.clone());
        Self { opening, origin, store, places, versions, random, hired: Hired::default() }
    }

    /// What was made.
    pub(super) fn done(mut self) -> Hired {
        self.hired.endpoints.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        self.hired
    }

    /// Stamps a healthy pod.
    pub(super) fn stamp(&mut self, template: &Template, fate: Fate, suffix: &str, place: Place) {
        let (name, uid) = self.identity(suffix);
        let (Some(row), Some(version)) = (self.row(suffix, place), self.versions.next()) else { return };
        let values = row.each_ref().map(String::as_str);
        self.hired.stamped.push(template.stamp(version, &uid, &values, &self.store.interned));
        self.list((name, uid), place, fate == Fate::Runs);
    }

    /// Makes a pod that does not simply run.
    pub(super) fn make(&mut self, fate: Fate, suffix: &str, place: &Result<Place, String>) {
        let Opening { workload, crew, .. } = self.opening;
        let (name, uid) = self.identity(suffix);
        let created = crew.since + i64::try_from(self.random.below(3)).unwrap_or(0);
        let mut pod = crew.pod(workload, &name, &uid, created);
        if crew.numbered {
            pod::join_set(&mut pod, workload.app.name, suffix);
        }
        let course = match place.as_ref().map(|place| self.places.at(*place)) {
            Ok(Some((room, address))) => {
                pod::bind(&mut pod, &room.name);
                let address = if crew.on_host { room.address.clone() } else { address };
                fate.course(&pod, created, self.origin.now, (room.address.clone(), address))
            }
            Ok(None) => Course::new(created),
            Err(message) => {
                let mut course = Course::new(created);
                course.scheduling = Scheduling::Unschedulable(created, message.clone());
                course
            }
        };
        let told = course.containers.first().and_then(|main| main.last).map_or(created, |last| last.finished);
        pod::report(&mut pod, &course, told);
        if let (Ok(place), Some(_)) = (place, course.sandbox) {
            self.list((name, uid), *place, course.is_ready());
        }
        let draft = self.store.draft(builtin("", "pods"), pod);
        self.hired.troubled.push(Newcomer { draft, course, fate });
    }

    /// The name and the uid of a pod.
    fn identity(&self, suffix: &str) -> (String, String) {
        let name = format!("{}{suffix}", self.opening.crew.prefix);
        let uid = self.origin.uid("Pod", &self.opening.workload.namespace, &name);
        (name, uid)
    }

    /// What fills the holes of a healthy pod.
    fn row(&mut self, suffix: &str, place: Place) -> Option<Row> {
        let (room, ip) = self.places.at(place)?;
        let [created, started, ready] = blank::times(self.birthday()).map(|time| time.to_string());
        let token = self.random.suffix(5);
        let id = digest(&mut self.random);
        let other = if self.opening.workload.app.meshed { digest(&mut self.random) } else { String::new() };
        let (node, host) = (room.name.clone(), room.address.clone());
        Some([suffix.to_owned(), created, started, ready, node, host, ip, token, id, other])
    }

    /// When one of the crew was made: most with its revision, some later, in the place of another.
    fn birthday(&mut self) -> Moment {
        let since = self.opening.crew.since;
        let age_s = u64::try_from(self.origin.now.0 - since.0).unwrap_or(0);
        let is_late = self.random.below(4) == 0;
        let later_s = self.random.below(if is_late { age_s } else { age_s.min(30) });
        since + i64::try_from(later_s).unwrap_or(0)
    }

    /// Notes a pod that can be reached.
    fn list(&mut self, (name, uid): (String, String), place: Place, ready: bool) {
        let Some((room, ip)) = self.places.at(place) else { return };
        let address = if self.opening.crew.on_host { room.address.clone() } else { ip };
        let (node, zone) = (room.name.clone(), room.zone.clone());
        self.hired.endpoints.push(Endpoint { name, uid, address, node, zone, ready });
    }
}
