//! The places of pods on nodes, as they are given out at the start.

use std::collections::HashMap;

use super::super::fate::Fate;
use super::super::placement::{Ask, Room, Rooms};
use super::Squad;

/// The nodes with what is used of them.
#[derive(Debug)]
pub struct Places {
    /// One a node.
    pub rooms: Rooms,
    lanes: HashMap<String, Lane>,
    /// How many pods were ever put on each node, for their addresses.
    placed: Vec<u32>,
}

/// A pod's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    room: usize,
    /// Which of the pods it is that were ever put on the node.
    number: u32,
}

/// The rooms that are open to pods of one kind, taken in turn.
#[derive(Debug)]
struct Lane {
    rooms: Vec<usize>,
    next: usize,
}

impl Places {
    /// Begins with empty nodes.
    pub fn new(rooms: Rooms) -> Self {
        Self { lanes: HashMap::new(), placed: vec![0; rooms.rooms.len()], rooms }
    }

    /// Gives each of a squad a place, or the scheduler's words why there is none.
    pub(super) fn assign(&mut self, squad: &Squad) -> Vec<Result<Place, String>> {
        let lane = squad.ask.preference();
        let mut refusal: Option<String> = None;
        let take = |number| {
            // Nodes only fill up meanwhile, and to ask all of thousands takes long.
            if let Some(refusal) = &refusal {
                return Err(refusal.clone());
            }
            let room = match squad.fate {
                Fate::Suffers(_) => self.rooms.place(&squad.ask),
                Fate::Runs | Fate::Completed if squad.daemons => {
                    self.rooms.take(number, &squad.ask).ok_or_else(String::new)
                }
                Fate::Runs | Fate::Completed => self.take_turn(&lane, &squad.ask).ok_or_else(String::new),
            };
            refusal = room.as_ref().err().cloned();
            let room = room?;
            let placed = self.placed.get_mut(room).ok_or_else(String::new)?;
            *placed += 1;
            if squad.fate == Fate::Completed
                && let Some(room) = self.rooms.rooms.get_mut(room)
            {
                room.give_back(&squad.ask);
            }
            Ok(Place { room, number: *placed })
        };
        (0..squad.suffixes.len()).map(take).collect()
    }

    /// The node of a place, and the address there.
    pub(super) fn at(&self, place: Place) -> Option<(&Room, String)> {
        let room = self.rooms.rooms.get(place.room)?;
        Some((room, room.pod_address(place.number)))
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
}
