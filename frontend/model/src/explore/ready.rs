//! Questions that are ready to be asked.

use super::key::Key;
use super::menu::{application, labels};
use super::pool::{Kind, Pool};
use super::question::{Look, Question};
use crate::route::Sort;
use crate::store::Store;

/// A question with its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    /// The question.
    pub words: &'static str,
    /// How it is answered.
    pub hint: String,
    /// What is asked.
    pub question: Question,
    /// The order of the answer.
    pub sort: Option<Sort>,
}

/// The questions that a pool can answer.
pub fn ready(store: &Store, pool: &Pool) -> Vec<Ready> {
    let app = application(&labels(store, pool));
    let ask = |words, by: Vec<Key>, sort: Option<&str>, look| Ready {
        words,
        hint: by.iter().map(Key::short).collect::<Vec<_>>().join(", then "),
        question: Question { by, look, ..Question::default() },
        sort: sort.map(|column| Sort { column: column.to_owned(), descending: true }),
    };
    let of_nodes = |ready: Ready| Ready { question: Question { kinds: vec![Kind::Nodes], ..ready.question }, ..ready };
    vec![
        ask(
            "Which versions of what run where, and are they well?",
            vec![app.clone(), Key::Version, Key::Zone],
            None,
            Look::Table,
        ),
        ask("What fails, and whose is it?", vec![Key::Owner, Key::State], Some("failing"), Look::Table),
        ask("Is one zone worse than the others?", vec![Key::Zone, Key::State], None, Look::Matrix),
        ask("Which versions of what are there at once?", vec![app, Key::Version], None, Look::Matrix),
        ask("Which namespace uses more than it requests?", vec![Key::Namespace, Key::Owner], Some("cpu"), Look::Table),
        of_nodes(ask("How full are the zones?", vec![Key::Zone, Key::Node], Some("memory"), Look::Table)),
    ]
}
