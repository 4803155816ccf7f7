//! Objects as rows of kubectl's columns.
//!
//! The definitions of the columns are the API server's own, recorded; [`rows`] says what stands in them.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kinds::{Kind, builtin};
use crate::recording;
use crate::store::object::Object;
use crate::store::{Key, Store};
use cells::Cell;
use custom::Column;
pub use words::selector;

mod cells;
mod custom;
mod owned;
mod pod;
mod ports;
mod rows;
mod words;

/// What prints the rows of one table.
#[derive(Debug)]
pub struct Printer {
    columns: Value,
    rows: Rows,
    now: Timestamp,
}

/// How a row is made.
#[derive(Debug)]
enum Rows {
    /// Of cells that are known.
    BuiltIn(&'static [Cell]),
    /// Of the columns of a CustomResourceDefinition.
    Custom(Vec<Column>),
}

/// The recorded definitions of the columns, by resource.
static COLUMNS: LazyLock<Value> = LazyLock::new(|| recording::read(include_bytes!("../kinds/columns.json.gz")));

impl Printer {
    /// The printer of a kind, for a request that is made now.
    pub fn of(store: &Store, kind: &'static Kind) -> Self {
        let now = store.clock().now();
        if kind.is_custom {
            let name = format!("{}.{}", kind.plural, kind.group);
            let definition = Key::new(builtin("apiextensions.k8s.io", "customresourcedefinitions"), "", &name);
            let definition = store.get(&definition).map(|object| object.value()).unwrap_or_default();
            let columns = custom::columns(&definition, kind.version);
            return Self { columns: custom::definitions(&columns), rows: Rows::Custom(columns), now };
        }
        match (COLUMNS.get(kind.resource()), rows::of(kind)) {
            (Some(columns), Some(cells)) => Self { columns: columns.clone(), rows: Rows::BuiltIn(cells), now },
            _ => Self { columns: plain_columns(), rows: Rows::BuiltIn(rows::PLAIN), now },
        }
    }

    /// The definitions of the columns.
    pub fn columns(&self) -> &Value {
        &self.columns
    }

    /// What of an object its cells are made of.
    pub fn read(&self, object: &Object) -> Value {
        if object.kind.is("", "pods") { object.part(pod::PARTS) } else { object.brief() }
    }

    /// The cells of an object.
    pub fn cells(&self, object: &Value) -> Vec<Value> {
        match &self.rows {
            Rows::BuiltIn(cells) => cells.iter().map(|cell| cell.value(object, self.now)).collect(),
            Rows::Custom(columns) => columns.iter().map(|column| column.value(object, self.now)).collect(),
        }
    }
}

fn plain_columns() -> Value {
    let column = |name: &str, of: &str, format: &str| json!({ "name": name, "type": of, "format": format, "description": "", "priority": 0 });
    json!([column("Name", "string", "name"), column("Created At", "date", "")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::company;
    use crate::company::moment::Moment;
    use crate::company::origin::Origin;
    use crate::kinds::Kinds;

    #[test]
    fn every_table_has_a_cell_for_each_column() {
        for kind in builtin::ALL {
            let (Some(columns), Some(cells)) = (COLUMNS.get(kind.resource()), rows::of(kind)) else {
                continue;
            };
            assert_eq!(columns.as_array().unwrap().len(), cells.len(), "{}", kind.resource());
        }
    }

    #[test]
    fn what_is_read_of_an_object_is_all_that_its_row_tells() {
        let store = Store::new(Clock::new(Timestamp::UNIX_EPOCH, 0.0), 1);
        let kinds = Kinds::default();
        let origin = Origin { seed: 1, now: Moment(1_795_469_602) };
        company::settle(&origin, 12, 300, &kinds, &store).unwrap();
        for kind in kinds.all() {
            let printer = Printer::of(&store, kind);
            for object in store.list(kind, None).objects {
                assert_eq!(printer.cells(&printer.read(&object)), printer.cells(&object.value()), "{}", object.name);
            }
        }
    }

    #[test]
    fn every_listed_kind_has_its_own_columns() {
        let plain: Vec<_> = builtin::ALL
            .iter()
            .filter(|kind| kind.verbs.contains(&"list") && rows::of(kind).is_none())
            .map(Kind::resource)
            .collect();
        assert!(plain.is_empty(), "{plain:?}");
    }

    #[test]
    fn cells_of_what_is_not_as_expected_are_words_too() {
        let odd = [json!({}), json!(null), json!({ "spec": 1, "status": [], "metadata": "x" })];
        for kind in builtin::ALL {
            for cell in rows::of(kind).unwrap_or_default() {
                for object in &odd {
                    let value = cell.value(object, Timestamp::UNIX_EPOCH);
                    assert!(!value.is_object() && !value.is_array(), "{} {value}", kind.resource());
                }
            }
        }
    }
}
