//! The groups as a table that opens: only the rows in sight are in the page.

use std::ops::Range;
use std::sync::LazyLock;

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use model::explore::tree::Step;
use model::explore::{Kind, Question, Tree};
use model::route::Sort;
use model::table::Key;
use model::table::column::Column;
use model::table::window::{above, in_sight, moved, scrolled_to};

use super::row::{Row, fill};
use super::{Explored, behind, health};
use crate::app::{Place, use_place};
use crate::ui::again::Again;
use crate::ui::table::rows::InPage;
use crate::ui::table::{Head, Space, follow_height};
use crate::web::row::{RowElement, part_of, row_id, row_of};

/// The columns for each choice of kinds, at the place of their bits.
static COLUMNS: LazyLock<Vec<Vec<Column>>> = LazyLock::new(|| {
    let columns = |bits: usize| {
        let counts =
            COUNTS.into_iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, (_, column))| column);
        [GROUP, HEALTH].into_iter().chain(counts).chain([FAILING, CPU, MEMORY, VERSIONS]).collect()
    };
    (0..1 << COUNTS.len()).map(columns).collect()
});

/// How many there are of each kind.
const COUNTS: [(Kind, Column); 4] = [
    (Kind::Pods, Column::numbers("pods", "Pods", 64)),
    (Kind::Workloads, Column::numbers("workloads", "Workloads", 80)),
    (Kind::Services, Column::numbers("services", "Services", 68)),
    (Kind::Nodes, Column::numbers("nodes", "Nodes", 60)),
];
const GROUP: Column = Column::words("group", "Group", 200);
const HEALTH: Column = Column::words("health", "Health", 190);
const FAILING: Column = Column::numbers("failing", "Failing", 72);
const CPU: Column = Column::words("cpu", "CPU used / requested", 160);
const MEMORY: Column = Column::words("memory", "Memory used / requested", 168);
const VERSIONS: Column = Column::words("versions", "Versions", 92);

/// The columns that there are always: a wider room would make columns of its own.
const SPAN: usize = 7;

/// What can be done to a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Open,
    Close,
    /// Leaves only its objects, or of them only those that a further term leaves.
    Only(Option<String>),
    /// Goes to the rows behind it.
    Enter,
}

/// Does it to the line at a place.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    tree: Memo<Tree>,
    place: Place,
}

impl Acts {
    /// The terms of a filter that leave just the objects of a line.
    pub(super) fn terms(self, at: usize) -> Option<String> {
        self.tree.with_untracked(|tree| tree.terms(at))
    }

    /// Does it to the line of a key, wherever it is now; nothing where it has gone.
    pub(super) fn press(self, key: Key, act: Act) {
        let at = self.tree.with_untracked(|tree| tree.lines.iter().position(|line| line.key == key));
        if let Some(at) = at {
            self.run((at, act));
        }
    }

    fn run(self, (at, act): (usize, Act)) {
        let place = self.place;
        match (act, self.terms(at)) {
            (Act::Open, _) => self.turn(at, true),
            (Act::Close, _) => self.turn(at, false),
            (Act::Only(further), Some(terms)) => {
                let terms = format!("{terms} {}", further.unwrap_or_default());
                place.go(&place.now(|location| behind::only(location, &terms)));
            }
            (Act::Enter, Some(terms)) => {
                let sum = self.tree.with_untracked(|tree| tree.lines.get(at).map(|line| line.sum)).unwrap_or_default();
                let kind = Kind::ALL.into_iter().find(|kind| sum.of(*kind) > 0);
                place.go(&place.now(|location| behind::rows(location, kind, &terms)));
            }
            (Act::Only(_) | Act::Enter, None) => {}
        }
    }

    fn turn(self, at: usize, open: bool) {
        if let Some(path) = self.tree.with_untracked(|tree| tree.path(at)) {
            self.place.replace(self.place.now(|location| {
                let question = Question::read(&location.view).with_open(path, open);
                let view = question.write(location.view.clone());
                location.clone().with_view(view)
            }));
        }
    }
}

/// The table.
#[component]
pub(super) fn TreeTable(explored: Explored) -> impl IntoView {
    let place = use_place();
    let tree = explored.tree;
    let acts = Acts { tree, place };
    let scroller = NodeRef::<html::Div>::new();
    let (scroll_px, height_px) = (RwSignal::new(0.0), RwSignal::new(0.0));
    let active = RwSignal::new(None::<Key>);
    follow_height(scroller, height_px);
    let count = Memo::new(move |_| tree.with(|tree| tree.lines.len()));
    let range = Memo::new(move |_| in_sight(scroll_px.get(), height_px.get(), count.get()));
    let window = Memo::new(move |_| {
        let Range { start, end } = range.get();
        tree.with(|tree| {
            let lines = (start..).zip(tree.lines.get(start..end).unwrap_or_default());
            lines.map(|(at, line)| (line.key, (at, line.clone()))).collect::<Vec<_>>()
        })
    });
    let place_of = move |key: Key| tree.with(|tree| tree.lines.iter().position(|line| line.key == key));
    let go_to = move |at: usize| {
        active.set(tree.with_untracked(|tree| tree.lines.get(at).map(|line| line.key)));
        let to = scrolled_to(at, scroll_px.get_untracked(), height_px.get_untracked());
        if let (Some(to), Some(scroller)) = (to, scroller.get_untracked()) {
            scroller.set_scroll_top(to);
        }
    };
    let press = move |event: KeyboardEvent| {
        let from = untrack(|| active.get().and_then(place_of));
        let step = from.and_then(|at| Some((at, tree.with_untracked(|tree| tree.step(&event.key(), at))?)));
        match (event.key().as_str(), step, from) {
            (_, Some((at, Step::Open)), _) => acts.run((at, Act::Open)),
            (_, Some((at, Step::Close)), _) => acts.run((at, Act::Close)),
            (_, Some((_, Step::Move(to))), _) => go_to(to),
            ("Enter", _, Some(at)) => acts.run((at, Act::Enter)),
            ("f", _, Some(at)) => acts.run((at, Act::Only(None))),
            (key, ..) => match moved(key, from, count.get_untracked(), height_px.get_untracked()) {
                Some(Some(to)) => go_to(to),
                Some(None) => active.set(None),
                None => return,
            },
        }
        event.prevent_default();
    };
    let kinds = Memo::new(move |_| explored.question.with(|question| question.kinds.clone()));
    let columns = Memo::new(move |_| columns(&kinds.get()));
    let on_sort = Callback::new(move |sort: Sort| place.replace(place.now(|l| l.clone().with_sort(Some(sort)))));
    let body = NodeRef::<html::Tbody>::new();
    let mut rows = InPage::<Row>::default();
    let again = Again::default();
    Effect::new(move |_| {
        again.track();
        let Some(body) = body.get() else { return };
        let active = active.get();
        place.with(|here| {
            window.with(|window| {
                let first = window.first().map_or(0, |(_, (at, _))| *at);
                let above = above(first, scroll_px.get_untracked());
                let fill = |element: &RowElement, row, line: &_| fill(element, row, line, here, active, acts);
                again.follows(rows.show(&body, first, window, above, fill));
            });
        });
    });
    let click = move |event: MouseEvent| {
        let line_at = |at: usize| tree.with_untracked(|tree| tree.lines.get(at).map(|line| line.key));
        let at = row_of(&event);
        if let Some(key) = at.and_then(line_at) {
            active.set(Some(key));
        }
        if let (Some(at), Some(part)) = (at, part_of(&event)) {
            acts.run((at, Act::Only(Some(health::term(&part)))));
        }
    };
    view! {
        <div
            class="table-scroll"
            node_ref=scroller
            tabindex="0"
            role="treegrid"
            aria-label="Groups. Arrow keys move, open and close, Enter goes to the rows, f leaves only the group."
            aria-rowcount=move || (count.get() + 1).to_string()
            aria-activedescendant=move || active.get().and_then(place_of).map(row_id)
            on:scroll=move |_| {
                if let Some(scroller) = scroller.get_untracked() {
                    scroll_px.set(f64::from(scroller.scroll_top()));
                }
            }
            on:keydown=press
        >
            <table role="presentation" style:min-width=move || columns.with(|columns| width(columns))>
                {move || view! { <Head columns=columns.get() sort=explored.sort.into() on_sort /> }}
                <tbody role="rowgroup" node_ref=body on:click=click>
                    <Space columns=SPAN rows=Signal::derive(move || range.get().start) />
                    <Space columns=SPAN rows=Signal::derive(move || count.get().saturating_sub(range.get().end)) />
                </tbody>
            </table>
        </div>
    }
}

fn columns(kinds: &[Kind]) -> &'static [Column] {
    let bits = COUNTS.iter().enumerate().filter(|(_, (kind, _))| kinds.contains(kind)).map(|(at, _)| 1 << at);
    COLUMNS.get(bits.sum::<usize>()).map_or(&[], Vec::as_slice)
}

/// Less on a narrow screen, where names and bars give way to the numbers.
fn width(columns: &[Column]) -> String {
    let px: u32 = columns.iter().map(|column| column.width_px).sum();
    format!("calc({px}px - var(--narrower, 0px))")
}
