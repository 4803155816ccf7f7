//! The pods that are there at the start: healthy ones are stamped, the others made one by one.
//!
//! What takes long needs nobody else: an [`Opening`] is prepared before its pods have places, and filled after it. Between
//! the two, [`Places`] are given out in the company's order. So a seed gives the same pods on however many threads.

use std::iter::zip;
use std::sync::Arc;

use serde_json::Value;

use super::fate::Fate;
use super::moment::Moment;
use super::network::Endpoint;
use super::origin::Origin;
use super::placement::Ask;
use super::pod::{self, Birth, Course};
use super::trouble::Trouble;
use super::workload::{Crew, Workload};
use crate::error::ApiError;
use crate::random::Random;
use crate::store::Store;
use crate::store::object::{self, Object};
use crate::store::template::Template;
use filling::Filling;
use places::Place;
pub use places::Places;

mod blank;
mod filling;
mod places;

/// A crew that is to be hired.
#[derive(Debug)]
pub struct Opening<'a> {
    workload: &'a Workload,
    crew: Crew,
    random: Random,
    squads: Vec<Squad>,
    /// Of the pods that are stamped.
    first_version: u64,
}

/// Those of a crew that fare alike.
#[derive(Debug)]
struct Squad {
    fate: Fate,
    ask: Ask,
    /// Whether there is one on each node.
    daemons: bool,
    /// The endings of their names.
    suffixes: Vec<String>,
    /// What healthy ones are stamped from.
    template: Option<Template>,
    /// The place of each, or the scheduler's words why there is none.
    places: Vec<Result<Place, String>>,
}

/// A crew that was hired.
#[derive(Debug, Default)]
pub struct Hired {
    /// The pods that were stamped, which have their versions.
    pub stamped: Vec<Object>,
    /// The others.
    pub troubled: Vec<Newcomer>,
    /// Those that have an address, by name.
    pub endpoints: Vec<Endpoint>,
}

/// A pod that does not simply run, before it is in the store.
#[derive(Debug)]
pub struct Newcomer {
    draft: object::Draft,
    course: Course,
    fate: Fate,
}

/// A pod that does not simply run.
#[derive(Clone, Debug)]
pub struct Troubled {
    /// The pod.
    pub pod: Arc<Object>,
    /// What became of it.
    pub course: Course,
    /// What is wrong with it.
    pub fate: Fate,
}

/// 27 to the 5th: how many endings of names there are.
const SUFFIXES: u64 = 14_348_907;

impl<'a> Opening<'a> {
    /// Prepares what needs no node.
    pub fn new(origin: &Origin, store: &Store, workload: &'a Workload, crew: Crew) -> Self {
        let mut random = origin.random(&crew.prefix);
        let first = random.below(SUFFIXES);
        let mut suffixes = (0..).map(|number: u64| {
            if crew.numbered { number.to_string() } else { suffix(first.wrapping_add(number * 5_915_587) % SUFFIXES) }
        });
        let squad = |(fate, count): &(Fate, u32)| {
            let mut ask = Ask::of(crew.template.get("spec").unwrap_or(&Value::Null));
            ask.lacks_volume = *fate == Fate::Suffers(Trouble::WaitingVolume);
            let is_healthy = !matches!(fate, Fate::Suffers(_));
            Squad {
                fate: *fate,
                ask,
                daemons: crew.daemons,
                suffixes: suffixes.by_ref().take(usize::try_from(*count).unwrap_or(0)).collect(),
                template: is_healthy.then(|| crew.blank(workload, *fate, &store.interned)),
                places: Vec::new(),
            }
        };
        let squads = crew.fates.iter().map(squad).collect();
        Self { workload, random, squads, first_version: 0, crew }
    }

    /// Gives the pods their places, and those that will be stamped their versions.
    pub fn take_places(&mut self, places: &mut Places, store: &Store) {
        for squad in &mut self.squads {
            squad.places = places.assign(squad);
        }
        let healthy = self.squads.iter().filter(|squad| squad.template.is_some());
        let stamped = healthy.flat_map(|squad| &squad.places).filter(|place| place.is_ok()).count();
        self.first_version = store.reserve(u64::try_from(stamped).unwrap_or(0));
    }

    /// Makes the pods in the places that they were given.
    pub fn fill(&self, origin: &Origin, store: &Store, places: &Places) -> Hired {
        let mut filling = Filling::new(self, origin, store, places);
        for squad in &self.squads {
            for (suffix, place) in zip(&squad.suffixes, &squad.places) {
                match (&squad.template, place) {
                    (Some(template), Ok(place)) => filling.stamp(template, squad.fate, suffix, *place),
                    // One healthy pod less: its owner makes it when there is room.
                    (Some(_), Err(_)) => {}
                    (None, place) => filling.make(squad.fate, suffix, place),
                }
            }
        }
        filling.done()
    }
}

impl Newcomer {
    /// Puts it into the store.
    pub fn admit(self, store: &Store) -> Result<Troubled, ApiError> {
        Ok(Troubled { pod: store.admit(&self.draft)?, course: self.course, fate: self.fate })
    }
}

impl Crew {
    /// One of the crew, before it has a node.
    pub fn pod(&self, workload: &Workload, name: &str, uid: &str, created: Moment) -> Value {
        let birth = Birth {
            name,
            namespace: &workload.namespace,
            uid,
            created,
            owners: self.owners.clone(),
            generate_name: (!self.numbered).then_some(self.prefix.as_str()),
        };
        pod::from_template(&self.template, &birth)
    }
}

/// An ending of a name for each number below [`SUFFIXES`].
fn suffix(number: u64) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let letter = |place: u32| {
        let number = usize::try_from(number / 27_u64.pow(place) % 27).unwrap_or(0);
        LETTERS.get(number).map_or('x', |letter| char::from(*letter))
    };
    (0..5).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_numbers_have_the_same_ending() {
        let endings: HashSet<String> = (0..5000).map(|number| suffix(number * 5_915_587 % SUFFIXES)).collect();
        assert_eq!(endings.len(), 5000);
    }
}
