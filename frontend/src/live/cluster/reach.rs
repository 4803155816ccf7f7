//! Whether the API server can be reached, whether it still knows the user, and whether the machine has slept: what follows
//! from that for all watches of the tab.

use leptos::prelude::{GetUntracked, Set, WithUntracked};
use model::failure::Failure;
use model::link::{Freshness, PROBE_TIMEOUT_MS, RESUME_SPREAD_MS};
use wasm_bindgen_futures::spawn_local;

use super::{Badge, Cluster, bump};
use crate::web::clock::{epoch_ms, now_ms, random};
use crate::web::fetch::{Ask, get};
use crate::web::timer::Timeout;

impl Cluster {
    /// Milliseconds that only go forward, also while the machine sleeps.
    pub(in crate::live) fn now_ms(&self) -> f64 {
        self.0.pulse.get().now_ms(now_ms())
    }

    /// What the outcome of any request means for the whole tab.
    pub fn noticed(&self, failure: Option<&Failure>) {
        self.hear(failure);
        let ended = self.0.link.borrow_mut().answered(failure, self.now_ms());
        self.reached(ended);
    }

    fn hear(&self, failure: Option<&Failure>) {
        if let Some(Failure::NoSession { .. }) = failure {
            self.0.no_session.set(true);
        }
        let is_of_the_server = !matches!(
            failure,
            Some(
                Failure::Unreachable
                    | Failure::Server { .. }
                    | Failure::Unauthorized { .. }
                    | Failure::NoSession { .. }
            )
        );
        if is_of_the_server {
            self.0.heard.set(true);
        }
    }

    /// A frame has arrived.
    pub fn proved(&self) {
        self.0.heard.set(true);
        let ended = self.0.link.borrow_mut().proved(self.now_ms());
        self.reached(ended);
    }

    pub(in crate::live) fn lost(&self) {
        self.0.link.borrow_mut().lost(self.now_ms());
        self.show_freshness();
        self.tick_link();
    }

    /// A watch has been silent for long.
    pub(in crate::live) fn doubted(&self) {
        self.0.link.borrow_mut().doubted();
    }

    /// Looks at the clocks. After a sleep sockets and answers that are on their way may be dead without a word.
    pub(super) fn beat(&self) {
        let mut pulse = self.0.pulse.get();
        let slept = pulse.beat(now_ms(), epoch_ms(), self.visible());
        self.0.pulse.set(pulse);
        if slept {
            self.0.link.borrow_mut().lost(self.now_ms());
            for watched in self.watched() {
                watched.woken();
            }
            bump(&self.0.returned);
        }
    }

    pub(super) fn tick_link(&self) {
        let probe = self.0.link.borrow_mut().tick(self.now_ms(), self.visible());
        if probe {
            self.probe();
        }
    }

    pub(super) fn show_freshness(&self) {
        if !self.visible() {
            // Nothing is drawn that nobody sees; the first tick after that shows it.
            return;
        }
        let watched = self.watched();
        let lapsed = watched.iter().filter(|w| w.feed.with_untracked(|feed| feed.lapse.is_some())).map(|w| w.label());
        let badge = Badge::Known(self.0.link.borrow().freshness(self.now_ms(), lapsed));
        // A new link counts as up; that is worth nothing until something was heard.
        let live = matches!(badge, Badge::Known(Freshness::Live { .. }));
        if (live && !self.0.heard.get()) || self.0.freshness.get_untracked() == badge {
            return;
        }
        self.0.freshness.set(badge);
    }

    fn reached(&self, ended: bool) {
        self.show_freshness();
        if ended {
            self.resume_all();
        }
    }

    fn probe(&self) {
        let this = self.clone();
        spawn_local(async move {
            let url = format!("{}readyz", this.api_base());
            let result = get(Ask { url: &url, accept: "*/*", mask: "" }, PROBE_TIMEOUT_MS).await;
            this.ended("probes", &result);
            let failure = result.as_ref().err();
            this.hear(failure);
            let ended = this.0.link.borrow_mut().probed(failure, this.now_ms());
            this.reached(ended);
        });
    }

    /// All watches go on, spread over a second, so that a server that has just come back is not stormed.
    fn resume_all(&self) {
        let timeouts = self.watched().into_iter().map(|watched| {
            let watched = std::rc::Rc::downgrade(&watched);
            Timeout::new(random() * RESUME_SPREAD_MS, move || {
                if let Some(watched) = watched.upgrade() {
                    watched.resume();
                }
            })
        });
        let timeouts = timeouts.collect();
        self.0.resuming.replace(timeouts);
    }
}
