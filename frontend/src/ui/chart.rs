//! A chart on the page: a canvas that is drawn anew whenever what it shows, its size or the theme changes.

mod gliding;
pub mod marks;
pub mod twin;

use leptos::html;
use leptos::prelude::*;
use model::chart::{self, Area, Theme};

use super::look::use_look;
use super::passing::passing;
use crate::web::canvas::{Canvas, CanvasBackend, measure, shown_size};
use crate::web::screen::SizeWatch;
use gliding::Gliding;
pub use gliding::Standstill;
pub use marks::{MarkedChart, Marks};
pub use twin::Twin;

/// Draws on all of a canvas.
type Still = dyn Fn(&Area<CanvasBackend>, &Theme);
/// Tells the bars on so many device pixels.
type Bars = dyn Fn((u32, u32), &Theme) -> chart::Bars;

/// What puts the marks on a canvas. It runs again whenever a signal that it reads changes.
pub enum Draw {
    /// Each time all is drawn where it is.
    Still(Box<Still>),
    /// Bars that glide to new values.
    Bars(Box<Bars>),
}

impl Draw {
    /// A chart that is drawn where it is.
    pub fn still(draw: impl Fn(&Area<CanvasBackend>, &Theme) + 'static) -> Self {
        Self::Still(Box::new(draw))
    }

    /// A chart of bars.
    pub fn bars(bars: impl Fn((u32, u32), &Theme) -> chart::Bars + 'static) -> Self {
        Self::Bars(Box::new(bars))
    }
}

/// A chart that is only looked at.
#[component]
pub fn Chart(
    /// What is seen, in words and with the numbers that matter: the accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Puts the marks on the canvas.
    draw: Draw,
) -> impl IntoView {
    let element = NodeRef::new();
    draw_on(element, RwSignal::new((0, 0)), draw);
    view! {
        <div class="chart" role="img" aria-label=label>
            <canvas node_ref=element></canvas>
        </div>
    }
}

/// Draws on `element` now and whenever its size, the density, the theme or what `draw` reads changes.
///
/// `size` is told the size in device pixels first, so that `draw` can read from a layout that follows it.
fn draw_on(element: NodeRef<html::Canvas>, size: RwSignal<(u32, u32)>, draw: Draw) {
    let look = use_look();
    let (ratio, theme) = (passing(move |_| look.pixel_ratio()), passing(move |_| look.chart_theme()));
    let canvas = RwSignal::new_local(None::<Canvas>);
    let watch = StoredValue::new_local(None);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let built = element.clone();
        measure(element.into(), move |now| {
            // By then the chart may be gone.
            let measured = built.clone();
            watch.try_set_value(SizeWatch::new(&built, move || set_if_other(size, shown_size(&measured))));
            set_if_other(size, now);
            let _ = canvas.try_set(Canvas::new(&built));
        });
    });
    Effect::new(move |_| {
        ratio.track();
        if canvas.with_untracked(Option::is_some)
            && let Some(element) = element.get_untracked()
        {
            set_if_other(size, shown_size(&element));
        }
    });
    let gliding = Gliding::default();
    Effect::new(move |_| {
        let (size, theme) = (size.get(), theme.get());
        canvas.with(|canvas| {
            let Some(canvas) = canvas else { return };
            canvas.fit(size);
            match &draw {
                Draw::Still(draw) => canvas.paint(|area| draw(area, &theme)),
                Draw::Bars(bars) => gliding.turn_to(bars(size, &theme), canvas, theme),
            }
        });
    });
}

fn set_if_other(size: RwSignal<(u32, u32)>, now: (u32, u32)) {
    if size.try_get_untracked().is_some_and(|size| size != now) {
        size.set(now);
    }
}
