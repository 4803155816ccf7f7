//! One cluster: its store, its link, and the frames that wait for the next paint.

mod frames;
mod reach;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::{ArcRwSignal, Memo, RenderEffect, RwSignal, Set, StoredValue, Track, Update, WithUntracked};
use model::config::{Config, Mode};
use model::explore::Kind;
use model::failure::Failure;
use model::feed::Phase;
use model::ledger::Ledger;
use model::link::{Freshness, Link};
use model::pages::streams;
use model::pulse::Pulse;
use model::store::Store;
use send_wrapper::SendWrapper;

use super::watched::Watched;
use crate::web::clock::{epoch_ms, epoch_s, now_ms};
use crate::web::fetch::{Ask, get};
use crate::web::page::{Listener, is_visible, on_visibility};
use crate::web::timer::{FrameGate, Interval, Round, Timeout};

/// A cluster; clones are the same one.
#[derive(Clone)]
pub struct Cluster(SendWrapper<Rc<Inner>>);

struct Inner {
    config: Config,
    store: RefCell<Store>,
    link: RefCell<Link>,
    pulse: Cell<Pulse>,
    ledger: RefCell<Ledger>,
    watched: RefCell<Vec<Weak<Watched>>>,
    /// Which annotations the lists of which kinds bring.
    brought: RefCell<Vec<(String, Kind)>>,
    frames: RefCell<std::collections::VecDeque<(Weak<Watched>, u32, String)>>,
    waiting_bytes: Cell<usize>,
    gate: FrameGate,
    round: Round,
    resuming: RefCell<Vec<Timeout>>,
    freshness: ArcRwSignal<Badge>,
    now_s: ArcRwSignal<i64>,
    no_session: ArcRwSignal<bool>,
    pods_version: ArcRwSignal<u64>,
    nodes_version: ArcRwSignal<u64>,
    namespaces_version: ArcRwSignal<u64>,
    usage_version: ArcRwSignal<u64>,
    /// Grows when the tab is seen again, or the machine has slept.
    returned: ArcRwSignal<u64>,
    visible: Cell<bool>,
    /// Whether the API server is too old to stream lists.
    lists_in_pages: Cell<bool>,
    /// Whether the API server has ever answered.
    heard: Cell<bool>,
    _clock: RefCell<Option<Interval>>,
    _visibility: RefCell<Option<Listener>>,
}

/// What the freshness badge shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing has been heard yet.
    Connecting,
    /// Live, or what is not.
    Known(Freshness),
}

impl Cluster {
    /// Begins to keep time; lists and watches come when pages ask for them.
    pub fn new(config: Config) -> Self {
        let cluster = Self::from(Rc::new(Inner {
            config,
            store: RefCell::default(),
            link: RefCell::new(Link::new(now_ms())),
            pulse: Cell::new(Pulse::new(now_ms(), epoch_ms())),
            ledger: RefCell::default(),
            watched: RefCell::default(),
            brought: RefCell::default(),
            frames: RefCell::default(),
            waiting_bytes: Cell::default(),
            gate: FrameGate::default(),
            round: Round::default(),
            resuming: RefCell::default(),
            freshness: ArcRwSignal::new(Badge::Connecting),
            now_s: ArcRwSignal::new(epoch_s()),
            no_session: ArcRwSignal::new(false),
            pods_version: ArcRwSignal::new(0),
            nodes_version: ArcRwSignal::new(0),
            namespaces_version: ArcRwSignal::new(0),
            usage_version: ArcRwSignal::new(0),
            returned: ArcRwSignal::new(0),
            visible: Cell::new(is_visible()),
            lists_in_pages: Cell::new(false),
            heard: Cell::new(false),
            _clock: RefCell::default(),
            _visibility: RefCell::default(),
        }));
        let weak = Rc::downgrade(&cluster.0);
        let tick = move || {
            if let Some(inner) = weak.upgrade() {
                Self::from(inner).tick();
            }
        };
        cluster.0._clock.replace(Some(Interval::new(1000, tick.clone())));
        let weak = Rc::downgrade(&cluster.0);
        cluster.0._visibility.replace(on_visibility(move |visible| {
            if let Some(inner) = weak.upgrade() {
                inner.visible.set(visible);
                let cluster = Self::from(inner);
                cluster.flush();
                cluster.tick();
                if visible {
                    bump(&cluster.0.returned);
                }
            }
        }));
        cluster
    }

    /// How the app is hosted.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Where the API is.
    pub fn api_base(&self) -> &str {
        &self.0.config.api_base
    }

    /// A field mask where it helps: only our own proxy understands one.
    pub fn lean(&self, mask: impl FnOnce() -> String) -> String {
        if self.0.config.mode == Mode::Static { String::new() } else { mask() }
    }

    /// Reads the store. Not to be kept over an `await`.
    pub fn store<T>(&self, read: impl FnOnce(&Store) -> T) -> T {
        read(&self.0.store.borrow())
    }

    /// Grows when what `follow` reads has changed and the turn has come to it: a page counts one thing a task.
    pub fn in_turn(&self, follow: impl Fn() + 'static) -> RwSignal<u64> {
        let (turn, round, waits) = (RwSignal::new(0), self.0.round.clone(), Rc::new(Cell::new(false)));
        // It runs now, so that no change is missed, and ends with its owner.
        StoredValue::new_local(RenderEffect::new(move |began: Option<()>| {
            follow();
            if began.is_some() && !waits.replace(true) {
                let waits = Rc::clone(&waits);
                round.add(move || {
                    waits.set(false);
                    // By then the page may be another one.
                    let _gone = turn.try_update(|turn| *turn += 1);
                });
            }
        }));
        turn
    }

    /// What is read from the store, again when its turn comes after a change that `follow` reads.
    pub fn counted<T: PartialEq + Send + Sync + 'static>(
        &self,
        follow: impl Fn(&Self) + 'static,
        read: impl Fn(&Store) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let (cluster, followed) = (self.clone(), self.clone());
        let turn = self.in_turn(move || follow(&followed));
        Memo::new(move |_| {
            turn.track();
            cluster.store(&read)
        })
    }

    /// What is read from the store, again after each change of these versions.
    pub fn reading<T: PartialEq + Send + Sync + 'static>(
        &self,
        versions: impl IntoIterator<Item = ArcRwSignal<u64>>,
        read: impl Fn(&Store) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let (cluster, versions) = (self.clone(), Vec::from_iter(versions));
        Memo::new(move |_| {
            versions.iter().for_each(Track::track);
            cluster.store(&read)
        })
    }

    /// Changes the store; who does so bumps the matching version afterwards.
    pub fn store_mut<T>(&self, write: impl FnOnce(&mut Store) -> T) -> T {
        write(&mut self.0.store.borrow_mut())
    }

    /// Grows when pods have changed.
    pub fn pods_version(&self) -> ArcRwSignal<u64> {
        self.0.pods_version.clone()
    }

    /// Grows when nodes have changed.
    pub fn nodes_version(&self) -> ArcRwSignal<u64> {
        self.0.nodes_version.clone()
    }

    /// Grows when namespaces have changed.
    pub fn namespaces_version(&self) -> ArcRwSignal<u64> {
        self.0.namespaces_version.clone()
    }

    /// Grows when there is new usage.
    pub fn usage_version(&self) -> ArcRwSignal<u64> {
        self.0.usage_version.clone()
    }

    /// Grows when the tab is seen again, or the machine has slept: what is asked for now and then is old.
    pub fn returned(&self) -> ArcRwSignal<u64> {
        self.0.returned.clone()
    }

    /// The freshness badge.
    pub fn freshness(&self) -> ArcRwSignal<Badge> {
        self.0.freshness.clone()
    }

    /// Seconds since the epoch, once a second while the tab is seen: ages tick by it.
    pub fn now_s(&self) -> ArcRwSignal<i64> {
        self.0.now_s.clone()
    }

    /// Whether the proxy knows no session: then no page can show anything.
    pub fn no_session(&self) -> ArcRwSignal<bool> {
        self.0.no_session.clone()
    }

    /// Whether the tab is seen.
    pub fn visible(&self) -> bool {
        self.0.visible.get()
    }

    /// What has been asked of the API server.
    pub fn ledger<T>(&self, write: impl FnOnce(&mut Ledger) -> T) -> T {
        write(&mut self.0.ledger.borrow_mut())
    }

    /// How many watches are open for a purpose.
    pub fn watches(&self, what: &str) -> usize {
        self.watched().iter().filter(|watched| watched.is_open_for(what)).count()
    }

    /// GETs a small answer of the API, with the link told how it went.
    pub async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{path}", self.api_base());
        let result = get(Ask { url: &url, accept, mask: "" }, 15_000.0).await;
        self.ended("single objects", &result);
        self.noticed(result.as_ref().err());
        result
    }

    /// A request for a small answer has ended.
    pub(super) fn ended(&self, what: &'static str, result: &Result<Vec<u8>, Failure>) {
        let bytes = result.as_ref().map_or(0, |body| body.len() as u64);
        self.ledger(|ledger| {
            let entry = ledger.of(what);
            entry.asked();
            entry.answered(bytes, result.as_ref().err());
        });
    }

    /// Whether lists are read in pages.
    pub(super) fn lists_in_pages(&self) -> bool {
        self.0.lists_in_pages.get()
    }

    /// The API server's version is known, soon after the first lists were asked for. One that does not stream builds them in
    /// memory before it sends anything: those are given up and asked for in pages.
    pub(super) fn learnt_version(&self, git_version: &str) {
        if !streams(git_version) && !self.0.lists_in_pages.replace(true) {
            for watched in self.watched() {
                watched.restart_in_pages();
            }
        }
    }

    pub(super) fn adopt(&self, watched: &Rc<Watched>) {
        let mut all = self.0.watched.borrow_mut();
        all.retain(|w| w.strong_count() > 0);
        all.push(Rc::downgrade(watched));
    }

    pub(super) fn brought(&self) -> &RefCell<Vec<(String, Kind)>> {
        &self.0.brought
    }

    /// All lists that are kept.
    pub(super) fn watched(&self) -> Vec<Rc<Watched>> {
        self.0.watched.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    /// Whether some list is on its way.
    pub fn is_loading(&self) -> bool {
        let is = |watched: &Rc<Watched>| watched.feed.with_untracked(|f| matches!(f.phase, Phase::Loading { .. }));
        self.watched().iter().any(is)
    }

    fn tick(&self) {
        if self.visible() {
            self.0.now_s.set(epoch_s());
        }
        self.beat();
        for watched in self.watched() {
            watched.tick();
        }
        self.tick_link();
        self.show_freshness();
    }
}

impl From<Rc<Inner>> for Cluster {
    fn from(inner: Rc<Inner>) -> Self {
        Self(SendWrapper::new(inner))
    }
}

/// Adds one to a version.
pub fn bump(version: &ArcRwSignal<u64>) {
    version.update(|v| *v += 1);
}
