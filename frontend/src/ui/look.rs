//! Light or dark, and the density of the screen: what every chart is drawn anew for.

use leptos::prelude::*;
use model::chart::Theme;

use crate::web::screen::{MediaWatch, matches, pixel_ratio, pixel_ratio_query};
use crate::web::theme;

const DARK: &str = "(prefers-color-scheme: dark)";

/// Which theme was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What the system says, as it changes.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The look of the page; there is one, in the context.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    choice: RwSignal<Choice>,
    system_dark: RwSignal<bool>,
    pixel_ratio: RwSignal<f64>,
    chart_theme: Memo<Theme>,
}

/// Puts the look into the context and follows the system and the screen from now on.
pub fn provide_look() -> Look {
    let choice = RwSignal::new(match theme::remembered().as_deref() {
        Some("light") => Choice::Light,
        Some("dark") => Choice::Dark,
        _ => Choice::System,
    });
    let system_dark = RwSignal::new(matches(DARK));
    let ratio = RwSignal::new(pixel_ratio());
    let chart_theme = Memo::new(move |_| {
        choice.track();
        system_dark.track();
        theme::chart_theme(ratio.get())
    });
    let look = Look { choice, system_dark, pixel_ratio: ratio, chart_theme };
    look.apply();
    let system = MediaWatch::new(DARK, move |dark| {
        system_dark.set(dark);
        look.apply();
    });
    StoredValue::new_local(system);
    follow_ratio(look, StoredValue::new_local(None));
    provide_context(look);
    look
}

/// The look of the page.
pub fn use_look() -> Look {
    use_context().expect("the app provides the look before any view")
}

impl Look {
    /// Which theme was asked for.
    pub fn choice(&self) -> Choice {
        self.choice.get()
    }

    /// Takes a theme and remembers it.
    pub fn choose(&self, choice: Choice) {
        theme::remember(match choice {
            Choice::System => None,
            Choice::Light => Some("light"),
            Choice::Dark => Some("dark"),
        });
        // The page first: charts read its colours as soon as they hear of the change.
        theme::apply(self.name_of(choice));
        self.choice.set(choice);
    }

    /// What charts are drawn with.
    pub fn chart_theme(&self) -> Theme {
        self.chart_theme.get()
    }

    /// Device pixels in a CSS pixel.
    pub fn pixel_ratio(&self) -> f64 {
        self.pixel_ratio.get()
    }

    fn apply(&self) {
        theme::apply(self.name_of(self.choice.get_untracked()));
    }

    fn name_of(&self, choice: Choice) -> &'static str {
        match choice {
            Choice::Dark => "dark",
            Choice::System if self.system_dark.get_untracked() => "dark",
            _ => "light",
        }
    }
}

/// A button that goes through the three choices.
#[component]
pub fn LookButton() -> impl IntoView {
    let look = use_look();
    let next = move || match look.choice() {
        Choice::System => Choice::Light,
        Choice::Light => Choice::Dark,
        Choice::Dark => Choice::System,
    };
    let words = move || match look.choice() {
        Choice::System => "Theme: the system's",
        Choice::Light => "Theme: light",
        Choice::Dark => "Theme: dark",
    };
    let sign = move || match look.choice() {
        Choice::System => "◐",
        Choice::Light => "○",
        Choice::Dark => "●",
    };
    view! {
        <button class="button plain" title=words aria-label=words on:click=move |_| look.choose(next())>
            {sign}
        </button>
    }
}

/// Hears of each change of the density: the query names the present one, so it is asked anew each time.
fn follow_ratio(look: Look, watch: StoredValue<Option<MediaWatch>, LocalStorage>) {
    let next = MediaWatch::new(&pixel_ratio_query(), move |_| {
        look.pixel_ratio.set(pixel_ratio());
        follow_ratio(look, watch);
    });
    watch.set_value(next);
}
