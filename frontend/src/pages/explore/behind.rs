//! From groups to the rows behind them.

use model::explore::question::Look;
use model::explore::{Kind, Question};
use model::filter::{self, NONE};
use model::route::{Location, Page};

/// The page with just the objects that the filter and these terms leave: of one kind, the first that is pooled unless `kind` says.
pub fn rows(location: &Location, kind: Option<Kind>, terms: &str) -> Location {
    let kind = kind.or_else(|| Question::read(&location.view).kinds.first().copied());
    let page = match kind {
        Some(Kind::Workloads) => Page::Workloads,
        Some(Kind::Services) => Page::Services,
        Some(Kind::Nodes) => Page::Nodes,
        Some(Kind::Pods) | None => Page::Pods,
    };
    location.with_page(page).with_query(joined(&location.view.query, terms))
}

/// The versions of just those objects that these terms leave as well, one group each: of pods, where pods are pooled.
pub fn versions(location: &Location, terms: &str) -> Location {
    let question = Question::read(&location.view).of_versions();
    // What tells no version is none.
    let terms = format!("{terms} -version:{NONE}");
    let view = question.write(location.view.clone());
    only(&location.clone().with_view(view), &terms)
}

/// The groups as a table of only those objects that these terms leave as well.
pub fn table(location: &Location, terms: &str) -> Location {
    let question = Question::read(&location.view).with_look(Look::Table);
    let view = question.write(location.view.clone());
    only(&location.clone().with_view(view), terms)
}

/// The same groups of only those objects that these terms leave as well.
pub fn only(location: &Location, terms: &str) -> Location {
    let query = joined(&location.view.query, terms);
    location.clone().with_query(query)
}

/// Terms put together, each once.
fn joined(query: &str, terms: &str) -> String {
    let mut all: Vec<&str> = filter::terms(query).collect();
    for term in filter::terms(terms) {
        if !all.contains(&term) {
            all.push(term);
        }
    }
    all.join(" ")
}
