//! What few pods have: kept beside the columns, so that the others pay nothing for it.

use crate::k8s::pod::Pod;
use crate::store::names::{Name, Names};
use crate::store::rows::RowNumber;

/// What few pods have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rare {
    /// The node that it will go to once others have made room for it, or empty.
    pub nominated_node: Name,
    /// How many of its readiness gates are open, and how many there are.
    pub gates: (u16, u16),
}

/// The pods that have some of it, in the order of their rows: few, so that a list is small enough.
#[derive(Debug, Default)]
pub(super) struct Rares(Vec<(RowNumber, Rare)>);

impl Rares {
    pub(super) fn get(&self, row: RowNumber) -> Rare {
        let found = self.place(row).ok().and_then(|place| self.0.get(place));
        found.map_or_else(Rare::default, |(_, rare)| *rare)
    }

    /// Takes in what a pod has of it now.
    pub(super) fn note(&mut self, row: RowNumber, pod: &Pod<'_>, names: &mut Names) {
        let gates = &pod.spec.readiness_gates;
        let is_open = |name: &str| pod.status.conditions.iter().any(|c| *c.kind == *name && c.is_true());
        let open = gates.iter().filter(|gate| is_open(&gate.condition_type)).count();
        let count = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        let rare = Rare {
            nominated_node: names.intern(&pod.status.nominated_node_name),
            gates: (count(open), count(gates.len())),
        };
        if rare == Rare::default() {
            self.forget(row);
        } else {
            self.forget(row);
            let place = self.place(row).unwrap_or_else(|place| place);
            self.0.insert(place, (row, rare));
        }
    }

    pub(super) fn forget(&mut self, row: RowNumber) {
        if let Ok(place) = self.place(row) {
            self.0.remove(place);
        }
    }

    /// Each name in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.0.iter().map(|(_, rare)| rare.nominated_node).for_each(mark);
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<(RowNumber, Rare)>()
    }

    /// Where a row stands, or would.
    fn place(&self, row: RowNumber) -> Result<usize, usize> {
        self.0.binary_search_by_key(&row, |(row, _)| *row)
    }
}
