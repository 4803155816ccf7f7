//! The groups of the first two keys as rows and columns.

use leptos::prelude::*;
use model::chart::matrix::{MatrixLayout, bars};
use model::explore::Key;
use model::explore::matrix::{Head, Matrix};
use model::explore::sum::PARTS;
use model::format::count;

use super::{Explored, behind};
use crate::app::use_place;
use crate::live::Cluster;
use crate::live::kinds::Kinds;
use crate::ui::chart::{Draw, MarkedChart, Marks, Twin};
use crate::ui::look::use_look;
use crate::ui::middle::Middle;

/// The height of a row in CSS pixels.
const ROW_PX: usize = 36;
/// The least width of a column in CSS pixels; narrower, the matrix scrolls.
const COLUMN_PX: usize = 76;
/// The width of the names of the rows.
const NAMES_PX: usize = 168;

/// The card.
#[component]
pub(super) fn MatrixCard(explored: Explored) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let keys = Memo::new(move |_| {
        explored.question.with(|question| {
            let mut keys = question.by.iter().cloned();
            let rows = keys.next().unwrap_or(Key::Namespace);
            let columns = keys.next().unwrap_or(if rows == Key::State { Key::Namespace } else { Key::State });
            (rows, columns)
        })
    });
    let kinds: Kinds = expect_context();
    // The pool alone would not tell: an object that changes its state stays in it.
    let versions =
        [cluster.pods_version(), cluster.nodes_version(), kinds.workloads_version(), kinds.services_version()];
    let matrix = Memo::new(move |_| {
        versions.iter().for_each(Track::track);
        let (rows, columns) = keys.get();
        explored.pool.with(|pool| cluster.store(|store| Matrix::new(store, pool, &rows, &columns)))
    });
    let title = move || keys.with(|(rows, columns)| format!("{} by {}", rows.title(), columns.title()));
    let (tall, wide) = (move || matrix.with(|m| m.rows.len()), move || matrix.with(|m| m.columns.len()));
    view! {
        <section class="card">
            <header>
                <h2>{title}</h2>
                <div class="aside legend" aria-hidden="true">
                    <span><i class="ok"></i>"running, ready"</span>
                    <span><i class="hatched"></i>"completed, ending"</span>
                    <span><i class="warn"></i>"waiting, not ready"</span>
                    <span><i class="bad"></i>"failing"</span>
                    <span>"the longest bar is "{move || count(matrix.with(Matrix::most))}</span>
                </div>
            </header>
            <div class="scroll-x" role="region" aria-label="Matrix, which scrolls" tabindex="0">
                <div class="matrix" style:min-width=move || format!("{}px", NAMES_PX + wide() * COLUMN_PX)>
                    <div class="columns-of" style:grid-template-columns=move || equal(wide())>
                        {move || matrix.with(|m| m.columns.iter().map(head).collect_view())}
                    </div>
                    <div class="rows-of" style:grid-template-rows=move || equal(tall())>
                        {move || matrix.with(|m| m.rows.iter().map(head).collect_view())}
                    </div>
                    <div class="cells" style:height=move || format!("{}px", tall() * ROW_PX)>
                        <Cells matrix />
                    </div>
                </div>
            </div>
            <Twin caption=Signal::derive(title) columns=&["Row", "Column", "Objects", "States"] rows=move || matrix.with(twin) />
        </section>
    }
}

/// The picture with its numbers.
#[component]
fn Cells(matrix: Memo<Matrix>) -> impl IntoView {
    let look = use_look();
    let place = use_place();
    let size = RwSignal::new((0, 0));
    let layout = Memo::new(move |_| {
        let scale = look.pixel_ratio();
        matrix.with(|m| MatrixLayout::new(m.rows.len(), m.columns.len(), size.get(), scale))
    });
    let label = Signal::derive(move || {
        matrix.with(|m| {
            format!("{} rows by {} columns. Arrow keys walk along, Enter opens.", m.rows.len(), m.columns.len())
        })
    });
    let marks = Marks {
        count: Box::new(move || layout.with_untracked(MatrixLayout::len)),
        at: Box::new(move |x, y| layout.with_untracked(|layout| layout.at(x, y))),
        rect: Box::new(move |cell| layout.with(|layout| layout.rect(cell))),
        key: Box::new(move |cell| matrix.with_untracked(|m| m.key(cell))),
        place: Box::new(move |key| matrix.with(|m| m.place(key))),
        words: Box::new(move |cell| matrix.with(|m| m.words(cell)).unwrap_or_default()),
        open: Box::new(move |cell| {
            let Some((terms, kinds)) = matrix.with_untracked(|m| Some((m.terms(cell)?, m.kinds(cell)))) else { return };
            match *kinds.as_slice() {
                [] => {}
                [kind] => place.go(&place.now(|location| behind::rows(location, Some(kind), &terms))),
                // No page lists several kinds: as groups each number leads to its own.
                _ => place.go(&place.now(|location| behind::table(location, &terms))),
            }
        }),
    };
    let numbers = move || {
        matrix.with(|m| {
            let numbers = m.cells.iter().map(|cell| match cell.iter().sum::<u64>() {
                0 => view! { <li></li> }.into_any(),
                some => number(some, cell),
            });
            numbers.collect_view()
        })
    };
    let columns = move || equal(matrix.with(|m| m.columns.len()));
    view! {
        <MarkedChart
            label
            size
            draw=Draw::bars(move |_, theme| {
                let tones = PARTS.map(|part| part.tone);
                matrix.with(|m| layout.with(|layout| bars(layout, &m.cells, m.most(), &tones, theme)).named(&m.names()))
            })
            marks
        />
        <ul class="numbers" aria-hidden="true" style:grid-template-columns=columns>{numbers}</ul>
    }
}

/// A name with its number of objects.
fn head(head: &Head) -> impl IntoView + use<> {
    let class = if head.faint { "mute" } else { "" };
    view! { <span class=class><Middle text=head.name.clone() /><span class="faint">{count(head.total)}</span></span> }
}

/// How many, and how many of them fail.
fn number(all: u64, cell: &[u64; PARTS.len()]) -> AnyView {
    let bad = PARTS.iter().zip(cell).filter(|(part, _)| part.tone == model::chart::stack::Tone::Bad);
    let bad: u64 = bad.map(|(_, count)| count).sum();
    let rest = (all > bad).then(|| format!("{} ", count(all)));
    let bad = (bad > 0).then(|| view! { <span class="bad">"◆ "{count(bad)}</span> });
    view! { <li>{rest}{bad}</li> }.into_any()
}

fn twin(matrix: &Matrix) -> Vec<Vec<String>> {
    let filled = matrix.cells.iter().enumerate().filter(|(_, cell)| cell.iter().any(|count| *count > 0));
    filled
        .filter_map(|(at, cell)| {
            let (row, column) = matrix.heads(at)?;
            let states = model::explore::sum::words(cell);
            Some(vec![row.name.clone(), column.name.clone(), count(cell.iter().sum()), states])
        })
        .collect()
}

/// So many tracks of one size.
fn equal(count: usize) -> String {
    format!("repeat({}, minmax(0, 1fr))", count.max(1))
}
