//! Where in the app the user is: the address, as a signal.

use leptos::prelude::*;
use model::route::{Location, Page};

use crate::ui::passing::passing;
use crate::web::{fragment, page};

/// The current location; there is one, in the context.
#[derive(Clone, Copy)]
pub struct Place(RwSignal<Location>);

/// The current location.
pub fn use_place() -> Place {
    expect_context()
}

/// The current location, for what comes and goes while the page stays.
pub fn use_here() -> Memo<Location> {
    let place = use_place();
    passing(move |_| place.with(Clone::clone))
}

impl Place {
    /// Follows the address from now on; where it names no place, `home` is meant.
    pub(super) fn follow(home: Location) -> Self {
        let read = move |text: &str| Location::parse(text);
        let first = read(&fragment::read()).unwrap_or_else(|| {
            fragment::replace(home.to_string().trim_start_matches('#'));
            home.clone()
        });
        let place = Self(RwSignal::new(first));
        fragment::on_change(move |text| {
            if text.starts_with("session=") {
                // A new one-time link was opened in this tab.
                page::reload();
            } else if let Some(location) = read(&text) {
                place.0.set(location);
            } else {
                place.0.set(home.clone());
            }
        });
        Effect::new(move || page::set_title(&place.with(title)));
        place
    }

    /// Reads the location and follows its changes.
    pub fn with<T>(&self, read: impl FnOnce(&Location) -> T) -> T {
        self.0.with(read)
    }

    /// Reads the location as it is now.
    pub fn now<T>(&self, read: impl FnOnce(&Location) -> T) -> T {
        self.0.with_untracked(read)
    }

    /// The link to a place that is made from this one.
    pub fn link(self, to: impl Fn(&Location) -> Location + Send + Sync + 'static) -> Signal<String> {
        passing(move |_| self.with(|location| to(location).to_string())).into()
    }

    /// Goes to a place: a step that the browser's back button takes back.
    pub fn go(&self, to: &Location) {
        fragment::go(&to.to_string());
    }

    /// Changes the place without a step: for what is pressed many times.
    pub fn replace(&self, to: Location) {
        fragment::replace(to.to_string().trim_start_matches('#'));
        self.0.set(to);
    }

    /// The same for what is typed: the address follows when it rests.
    pub fn typed(&self, to: Location) {
        fragment::replace_soon(to.to_string().trim_start_matches('#').to_owned());
        self.0.set(to);
    }
}

fn title(location: &Location) -> String {
    let what = match &location.page {
        Page::Overview => "Overview".to_owned(),
        Page::Explore => "Explore".to_owned(),
        Page::Nodes => "Nodes".to_owned(),
        Page::Node { name }
        | Page::Pod { name, .. }
        | Page::Workload { name, .. }
        | Page::Service { name, .. }
        | Page::Namespace { name } => name.clone(),
        Page::Workloads => "Workloads".to_owned(),
        Page::Services => "Services".to_owned(),
        Page::Events => "Events".to_owned(),
        Page::Namespaces => "Namespaces".to_owned(),
        Page::Pods => "Pods".to_owned(),
        Page::Diagnostics => "Diagnostics".to_owned(),
        Page::Unknown(_) => "Unknown page".to_owned(),
    };
    format!("{what} · {} · Pilothouse", location.cluster)
}
