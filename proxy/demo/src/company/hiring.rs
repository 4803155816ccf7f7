//! The pods that are there at the start: healthy ones are stamped, the others made one by one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::fate::Fate;
use super::identity::digest;
use super::moment::Moment;
use super::origin::Origin;
use super::placement::{Ask, Rooms};
use super::pod::{self, Birth, Course, Scheduling};
use super::trouble::Trouble;
use super::workload::{Crew, Workload};
use crate::error::ApiError;
use crate::kinds::builtin;
use crate::random::Random;
use crate::store::Store;
use crate::store::object::Object;
use crate::store::template::{Template, hole};

/// Makes pods and puts them on nodes.
#[derive(Debug)]
pub struct Hiring<'a> {
    origin: &'a Origin,
    store: &'a Store,
    /// The nodes with what is used of them.
    pub rooms: Rooms,
    zones: HashMap<String, String>,
    lanes: HashMap<String, Lane>,
    /// The uids of the pods that may not be sent requests.
    pub unready: HashSet<String>,
    /// How many pods were ever put on each node, for their addresses.
    placed: Vec<u32>,
    /// The pods that do not simply run.
    pub troubled: Vec<Troubled>,
}

/// The rooms that are open to pods of one kind, taken in turn.
#[derive(Debug)]
struct Lane {
    rooms: Vec<usize>,
    next: usize,
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

/// The holes of a healthy pod's template.
const HOLES: [&str; 10] = ["suffix", "created", "started", "ready", "node", "host", "ip", "token", "id0", "id1"];
/// Stands for the uid while a template is made; the store fills in the real ones.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
/// Stand for the times while a template is made.
const TIMES: [(&str, Moment); 3] = [("created", Moment(100)), ("started", Moment(103)), ("ready", Moment(109))];
/// 27 to the 5th: how many endings of names there are.
const SUFFIXES: u64 = 14_348_907;

impl<'a> Hiring<'a> {
    /// Begins with empty nodes.
    pub fn new(origin: &'a Origin, store: &'a Store, nodes: &[Value]) -> Self {
        let rooms = Rooms::of(nodes);
        let zones = rooms.rooms.iter().map(|room| (room.name.clone(), room.zone.clone())).collect();
        Self {
            origin,
            store,
            rooms,
            zones,
            lanes: HashMap::new(),
            unready: HashSet::new(),
            placed: vec![0; nodes.len()],
            troubled: Vec::new(),
        }
    }

    /// Makes a crew's pods.
    pub fn hire(&mut self, workload: &Workload, crew: &Crew) -> Result<(), ApiError> {
        let mut random = self.origin.random(&crew.prefix);
        let first = random.below(SUFFIXES);
        let mut names = (0..).map(|number: u64| {
            if crew.numbered { number.to_string() } else { suffix(first.wrapping_add(number * 5_915_587) % SUFFIXES) }
        });
        for (fate, count) in &crew.fates {
            let names: Vec<String> = names.by_ref().take(usize::try_from(*count).unwrap_or(0)).collect();
            match fate {
                Fate::Runs | Fate::Completed => self.stamp(workload, crew, *fate, &names, &mut random),
                Fate::Suffers(trouble) => {
                    for name in &names {
                        self.make(workload, crew, *trouble, name, &mut random)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn stamp(&mut self, workload: &Workload, crew: &Crew, fate: Fate, names: &[String], random: &mut Random) {
        let [_, (_, started), (_, ready)] = TIMES;
        let pod = self.blank(workload, crew, &hole("suffix"), &hole("node"), fate);
        let template = Template::new(builtin("", "pods"), pod, &HOLES, &self.store.interned);
        let ask = Ask::of(crew.template.get("spec").unwrap_or(&Value::Null));
        let lane = ask.preference();
        let rows: Vec<[String; 10]> = names
            .iter()
            .enumerate()
            .filter_map(|(number, name)| {
                let room = if crew.daemons { self.rooms.take(number, &ask)? } else { self.take_turn(&lane, &ask)? };
                let (node, host, ip) = self.addresses(room, crew.on_host)?;
                if fate == Fate::Completed {
                    self.rooms.rooms.get_mut(room)?.give_back(&ask);
                }
                let created = self.birthday(crew, random);
                let times = [created, created + (started.0 - TIMES[0].1.0), created + (ready.0 - TIMES[0].1.0)];
                let [created, started, ready] = times.map(|time| time.to_string());
                let other = if workload.app.meshed { digest(random) } else { String::new() };
                Some([name.clone(), created, started, ready, node, host, ip, random.suffix(5), digest(random), other])
            })
            .collect();
        self.store.stamp(&template, rows.iter().map(|row| row.each_ref().map(String::as_str)));
    }

    /// Takes the next room that is open to a pod and has space for it: enough to fill empty nodes evenly.
    fn take_turn(&mut self, lane: &str, ask: &Ask) -> Option<usize> {
        if !self.lanes.contains_key(lane) {
            let open = self.rooms.rooms.iter().enumerate().filter(|(_, room)| room.is_open_to(ask));
            self.lanes.insert(lane.to_owned(), Lane { rooms: open.map(|(number, _)| number).collect(), next: 0 });
        }
        let lane = self.lanes.get_mut(lane)?;
        let count = lane.rooms.len();
        let mut order = (0..count).map(|offset| (lane.next + offset) % count);
        let place = order.find(|place| {
            let room = lane.rooms.get(*place).and_then(|number| self.rooms.rooms.get(*number));
            room.is_some_and(|room| room.has_space_for(ask))
        })?;
        lane.next = place + 1;
        let number = *lane.rooms.get(place)?;
        self.rooms.take(number, ask)
    }

    /// When one of a crew was made: most with its revision, some later, in the place of another.
    fn birthday(&self, crew: &Crew, random: &mut Random) -> Moment {
        let age_s = u64::try_from(self.origin.now.0 - crew.since.0).unwrap_or(0);
        let later_s = if random.below(4) == 0 { random.below(age_s) } else { random.below(age_s.min(30)) };
        crew.since + i64::try_from(later_s).unwrap_or(0)
    }

    /// A healthy pod with holes in place of what is its own.
    fn blank(&self, workload: &Workload, crew: &Crew, suffix: &str, node: &str, fate: Fate) -> Value {
        let name = format!("{}{suffix}", crew.prefix);
        let created = TIMES[0].1;
        let mut pod = crew.pod(workload, &name, NOBODY, created);
        if crew.numbered {
            pod::join_set(&mut pod, workload.app.name, suffix);
        }
        if crew.daemons {
            pod::pin(&mut pod, node);
        }
        pod::bind(&mut pod, node);
        let ip = if crew.on_host { hole("host") } else { hole("ip") };
        let course = fate.course(&pod, created, created, (hole("host"), ip));
        pod::report(&mut pod, &course, TIMES[2].1);
        let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array);
        let ids = statuses.into_iter().flatten().filter_map(|status| status.get("containerID")?.as_str());
        let mut cuts: Vec<(String, String)> = ids
            .zip(["id0", "id1"])
            .map(|(id, name)| (id.trim_start_matches("containerd://").to_owned(), hole(name)))
            .collect();
        cuts.extend(TIMES.map(|(name, time)| (time.to_string(), hole(name))));
        let token = pod::token_volume(NOBODY);
        cuts.push((token, format!("kube-api-access-{}", hole("token"))));
        punch(&mut pod, &cuts);
        pod
    }

    fn make(
        &mut self,
        workload: &Workload,
        crew: &Crew,
        trouble: Trouble,
        suffix: &str,
        random: &mut Random,
    ) -> Result<(), ApiError> {
        let name = format!("{}{suffix}", crew.prefix);
        let created = crew.since + i64::try_from(random.below(3)).unwrap_or(0);
        let mut pod = crew.pod(workload, &name, &self.origin.uid("Pod", &workload.namespace, &name), created);
        if crew.numbered {
            pod::join_set(&mut pod, workload.app.name, suffix);
        }
        let mut ask = Ask::of(crew.template.get("spec").unwrap_or(&Value::Null));
        let fate = Fate::Suffers(trouble);
        if trouble == Trouble::WaitingVolume {
            ask.lacks_volume = true;
        }
        let course = match self.rooms.place(&ask) {
            Ok(room) => {
                let (node, host, ip) = self.addresses(room, crew.on_host).unwrap_or_default();
                pod::bind(&mut pod, &node);
                fate.course(&pod, created, self.origin.now, (host, ip))
            }
            Err(message) => {
                let mut course = Course::new(created);
                course.scheduling = Scheduling::Unschedulable(created, message);
                course
            }
        };
        let told = course.containers.first().and_then(|main| main.last).map_or(created, |last| last.finished);
        pod::report(&mut pod, &course, told);
        let pod = self.store.create(builtin("", "pods"), pod)?;
        if !course.is_ready() {
            self.unready.insert(pod.uid.to_string());
        }
        self.troubled.push(Troubled { pod, course, fate });
        Ok(())
    }

    /// The name and address of a node, and the address of one more pod on it.
    fn addresses(&mut self, room: usize, on_host: bool) -> Option<(String, String, String)> {
        let placed = self.placed.get_mut(room)?;
        let room_of = self.rooms.rooms.get(room)?;
        *placed += 1;
        let ip = if on_host { room_of.address.clone() } else { room_of.pod_address(*placed) };
        Some((room_of.name.clone(), room_of.address.clone(), ip))
    }

    /// The zone of a node.
    pub fn zone(&self, node: &str) -> &str {
        self.zones.get(node).map_or("", String::as_str)
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

/// Puts holes where a value's strings have these texts.
fn punch(value: &mut Value, cuts: &[(String, String)]) {
    match value {
        Value::String(text) => {
            for (cut, hole) in cuts.iter().filter(|(cut, _)| !cut.is_empty()) {
                if text.contains(cut.as_str()) {
                    *text = text.replace(cut.as_str(), hole);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| punch(item, cuts)),
        Value::Object(members) => members.values_mut().for_each(|member| punch(member, cuts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_have_the_same_ending() {
        let endings: HashSet<String> = (0..5000).map(|number| suffix(number * 5_915_587 % SUFFIXES)).collect();
        assert_eq!(endings.len(), 5000);
    }
}
