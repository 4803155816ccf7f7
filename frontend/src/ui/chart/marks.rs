//! A chart whose marks can be pointed at, walked along with the keys, and opened.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use model::chart::Rect;
use model::chart::marks::{placed, step};
use model::table::Key;
use plotters::style::Color;

use super::{Draw, draw_on};
use crate::ui::look::use_look;
use crate::web::canvas::Canvas;

/// The marks of a chart, by number. Lengths are device pixels.
pub struct Marks {
    /// How many there are.
    pub count: Box<dyn Fn() -> usize>,
    /// The mark at a pixel.
    pub at: Box<dyn Fn(u32, u32) -> Option<usize>>,
    /// The pixels of a mark.
    pub rect: Box<dyn Fn(usize) -> Option<Rect>>,
    /// What stays the same of a mark while others come, go and change places with it.
    pub key: Box<dyn Fn(usize) -> Option<Key>>,
    /// Where the mark with a key is now.
    pub place: Box<dyn Fn(Key) -> Option<usize>>,
    /// What a mark is, in a few lines.
    pub words: Box<dyn Fn(usize) -> String>,
    /// Goes to what a mark stands for.
    pub open: Box<dyn Fn(usize)>,
}

/// A chart with `marks`; `size` is told the size of its canvas, for the layout that the marks come from.
///
/// The pointed mark is framed on a canvas of its own, so that nothing is drawn twice when the pointer moves.
#[component]
pub fn MarkedChart(
    /// What is seen, in words: the accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The size of the canvas in device pixels.
    size: RwSignal<(u32, u32)>,
    /// Puts the marks on the canvas.
    draw: Draw,
    /// What can be pointed at.
    marks: Marks,
) -> impl IntoView {
    let look = use_look();
    let (element, overlay) = (NodeRef::new(), NodeRef::new());
    let marks = StoredValue::new_local(marks);
    // By its key: bars change places under a pointer that rests, and the words stay with their node.
    let key = RwSignal::new(None::<Key>);
    let pointed = Memo::new(move |_| key.get().and_then(|key| marks.with_value(|marks| (marks.place)(key))));
    let point_at = move |at: Option<usize>| {
        let to = at.and_then(|at| marks.with_value(|marks| (marks.key)(at)));
        // An element that goes loses the keyboard, and says so when what it showed has gone before it.
        if key.try_get_untracked().is_some_and(|key| key != to) {
            key.set(to);
        }
    };
    draw_on(element, size, draw);
    frame_pointed(overlay, pointed, marks, size);

    // A pointer's event is one of the mouse, too.
    let hit = move |event: &MouseEvent| {
        let ratio = look.pixel_ratio();
        let device = |css: i32| (f64::from(css) * ratio) as u32;
        marks.with_value(|marks| (marks.at)(device(event.offset_x()), device(event.offset_y())))
    };
    let open = move |at: Option<usize>| {
        if let Some(index) = at {
            marks.with_value(|marks| (marks.open)(index));
        }
    };
    // A finger has left before its tap becomes a click, so nothing is pointed at by then; a click of no pointer is on what is.
    let click = move |event: MouseEvent| {
        open(if event.detail() == 0 { pointed.get_untracked() } else { hit(&event) });
    };
    let press = move |event: KeyboardEvent| {
        let pressed = event.key();
        let at = pointed.get_untracked();
        if pressed == "Enter" {
            open(at);
        } else if let Some(next) = step(&pressed, at, marks.with_value(|marks| (marks.count)())) {
            event.prevent_default();
            point_at(next);
        }
    };
    view! {
        <div
            class="chart open"
            role="application"
            aria-roledescription="chart"
            aria-label=label
            tabindex="0"
            on:pointermove=move |event| point_at(hit(&event))
            on:pointerleave=move |_| point_at(None)
            on:blur=move |_| point_at(None)
            on:click=click
            on:keydown=press
        >
            <canvas node_ref=element></canvas>
            <canvas node_ref=overlay></canvas>
            <Tip pointed size marks />
        </div>
    }
}

/// What is pointed at, in words, beside it.
#[component]
fn Tip(
    pointed: Memo<Option<usize>>,
    size: RwSignal<(u32, u32)>,
    marks: StoredValue<Marks, LocalStorage>,
) -> impl IntoView {
    let look = use_look();
    let place = move || {
        let rect = marks.with_value(|marks| (marks.rect)(pointed.get()?))?;
        Some(placed(rect, size.get(), look.pixel_ratio()))
    };
    let words = move || pointed.get().map(|index| marks.with_value(|marks| (marks.words)(index)));
    view! {
        <div class="tip" role="status" hidden=move || pointed.get().is_none() style:transform=move || place().unwrap_or_default()>
            {words}
        </div>
    }
}

fn frame_pointed(
    overlay: NodeRef<leptos::html::Canvas>,
    pointed: Memo<Option<usize>>,
    marks: StoredValue<Marks, LocalStorage>,
    size: RwSignal<(u32, u32)>,
) {
    let look = use_look();
    Effect::new(move |_| {
        let (Some(element), theme) = (overlay.get(), look.chart_theme()) else {
            return;
        };
        let Some(canvas) = Canvas::new(&element) else {
            return;
        };
        canvas.fit(size.get());
        if let Some(rect) = pointed.get().and_then(|index| marks.with_value(|marks| (marks.rect)(index))) {
            let color = theme.text.to_backend_color();
            canvas.frame(rect, color, theme.px(1.5));
        }
    });
}
