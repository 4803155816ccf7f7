//! One reflector at work: its list, its socket, its frames. Each watch has one owner, and ends with it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::{ArcRwSignal, Set, Update, WithUntracked};
use model::failure::Failure;
use model::feed::{Feed, Phase};
use model::frame::Frame;
use model::list::{ACCEPT_EITHER, ListError, ListMeta, ListScanner};
use model::pages::{Next, Pages, Part};
use model::reflector::{Action, Reflector};
use wasm_bindgen_futures::spawn_local;

use super::api::Resource;
use super::cluster::Cluster;
use super::sink::Sink;
use crate::web::clock::{epoch_s, random};
use crate::web::fetch::{Abort, AbortSignal, Ask, get, stream};
use crate::web::marks;
use crate::web::socket::{Heard, Socket, url_of};
use crate::web::timer::{CalmGate, breathe};

/// Diagnoses and probes are small; one that takes longer has failed.
const SMALL_TIMEOUT_MS: f64 = 8_000.0;
/// A watch ends by itself after this long and a random half more, so that rights taken away are noticed.
const WATCH_TIMEOUT_S: u32 = 300;

/// A list that is kept up to date for as long as this value lives.
pub struct Watched {
    cluster: Cluster,
    resource: Resource,
    /// Names the User Timing marks.
    label: &'static str,
    reflector: RefCell<Reflector>,
    sink: RefCell<Box<dyn Sink>>,
    socket: RefCell<Option<Socket>>,
    /// Ends the list that is on its way.
    abort: RefCell<Option<Abort>>,
    /// Counts sockets and lists: what an older one still says is not heard.
    turn: Cell<u32>,
    /// Items and bytes of the list that is on its way; told now and then, since it comes in thousands of pieces.
    progress: Cell<(usize, u64)>,
    /// Counts the lists: only the newest leaves its course.
    lists: Cell<u32>,
    /// How far a list in pages had come when it was stopped or broke off: it goes on from there.
    course: RefCell<Course>,
    /// How many objects there are to list, as far as somebody asked.
    pub(super) total: Cell<Option<u64>>,
    progress_gate: CalmGate,
    /// Views hear of changes of the store.
    views_gate: CalmGate,
    /// What the views see.
    pub feed: ArcRwSignal<Feed>,
}

impl Watched {
    /// Begins to list.
    pub fn start(cluster: &Cluster, label: &'static str, resource: Resource, sink: impl Sink + 'static) -> Rc<Self> {
        let watched = Rc::new(Self {
            cluster: cluster.clone(),
            resource,
            label,
            reflector: RefCell::default(),
            sink: RefCell::new(Box::new(sink)),
            socket: RefCell::default(),
            abort: RefCell::default(),
            turn: Cell::new(0),
            progress: Cell::default(),
            lists: Cell::default(),
            course: RefCell::default(),
            total: Cell::default(),
            progress_gate: CalmGate::default(),
            views_gate: CalmGate::default(),
            feed: ArcRwSignal::new(Feed::default()),
        });
        cluster.adopt(&watched);
        watched.restart();
        watched
    }

    /// Lists anew, because somebody asked.
    pub fn restart(self: &Rc<Self>) {
        self.decide(|r, _| r.start());
    }

    /// Stops the list that is on its way. What was read stays; [`Watched::restart`] goes on.
    pub(super) fn stop(self: &Rc<Self>) {
        self.show_progress();
        self.decide(|r, _| r.stop());
    }

    /// Lists anew from the first page: what was read lacks something. One that somebody stopped does so when they go on.
    pub(super) fn begin_anew(self: &Rc<Self>) {
        self.course.take();
        if !self.feed.with_untracked(|feed| matches!(feed.phase, Phase::Partial { .. })) {
            self.restart();
        }
    }

    /// Lists anew, in pages, unless some of what was asked for last has come.
    pub(super) fn restart_in_pages(self: &Rc<Self>) {
        self.decide(|r, _| r.start_otherwise());
    }

    /// Time passes.
    pub fn tick(self: &Rc<Self>) {
        self.decide(|r, now| r.tick(now));
    }

    /// The machine has slept.
    pub(super) fn woken(self: &Rc<Self>) {
        self.decide(|r, now| r.woken(now));
    }

    /// The link is back after an outage, or the user is known again.
    pub fn resume(self: &Rc<Self>) {
        self.decide(|r, now| r.resume(now, random()));
    }

    /// Applies a frame and tells the reflector. Called in batches by the cluster.
    pub fn apply(self: &Rc<Self>, turn: u32, text: &str) {
        if turn != self.turn.get() {
            return;
        }
        match Frame::parse(text) {
            Ok(frame) => {
                match &frame {
                    Frame::Upsert { object, .. } => self.sink.borrow_mut().upsert(object.as_bytes()),
                    Frame::Delete { object, .. } => self.sink.borrow_mut().delete(object.as_bytes()),
                    Frame::Bookmark { .. } | Frame::Error(_) => {}
                }
                self.decide(|r, now| r.frame(&frame, now, random()));
            }
            // Not of this API: as if the socket had broken.
            Err(_) => {
                self.socket.take();
                self.decide(|r, now| r.closed(false, now));
            }
        }
    }

    /// What it lists, in the plural.
    pub(super) fn label(&self) -> &'static str {
        self.label
    }

    /// Where to ask for one object of the list.
    pub(super) fn sample(&self) -> String {
        self.resource.diagnose("")
    }

    /// Whether its socket is open, and for this purpose.
    pub(super) fn is_open_for(&self, what: &str) -> bool {
        self.label == what && self.socket.borrow().is_some()
    }

    /// A batch has been applied.
    pub fn applied(self: &Rc<Self>) {
        self.tell_views();
        marks::set(&format!("pilothouse:applied:{}", self.label), &[]);
    }

    /// Tells the views that the store has changed, once a frame at most.
    fn tell_views(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        self.views_gate.schedule(move || {
            if let Some(this) = this.upgrade() {
                this.sink.borrow().tell();
            }
        });
    }

    fn show_progress(&self) {
        let (items, bytes) = self.progress.get();
        self.feed.update(|feed| {
            if let Phase::Loading { .. } = feed.phase {
                feed.phase = Phase::Loading { items, bytes };
            }
        });
    }

    fn decide(self: &Rc<Self>, step: impl FnOnce(&mut Reflector, f64) -> Vec<Action>) {
        let before = self.reflector.borrow().state().clone();
        let now_ms = self.cluster.now_ms();
        let actions = step(&mut self.reflector.borrow_mut(), now_ms);
        let after = self.reflector.borrow().state().clone();
        if after != before {
            // A float cast saturates.
            let as_of_s = epoch_s() - (self.reflector.borrow().behind_ms(now_ms) / 1000.0) as i64;
            self.feed.update(|feed| feed.follow(&after, now_ms, as_of_s));
        }
        for action in actions {
            self.act(action);
        }
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::List => self.list(),
            Action::Watch { resource_version } => self.watch(&resource_version),
            Action::Close => {
                self.next_turn();
                self.socket.take();
                self.abort.take();
            }
            Action::Diagnose { resource_version } => self.diagnose(&resource_version),
            Action::Probe => self.cluster.doubted(),
            Action::Lost => self.cluster.lost(),
        }
    }

    fn next_turn(&self) -> u32 {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.turn.get()
    }

    fn list(self: &Rc<Self>) {
        let turn = self.next_turn();
        self.lists.set(self.lists.get().wrapping_add(1));
        self.progress.take();
        let abort = Abort::new();
        let signal = abort.signal();
        self.abort.replace(Some(abort));
        let this = Rc::downgrade(self);
        spawn_local(async move {
            let result = read_list(&this, turn, signal).await;
            let Some(this) = this.upgrade() else { return };
            let label = this.label;
            this.cluster.ledger(|ledger| ledger.of(label).answered(0, result.as_ref().err()));
            if this.turn.get() != turn {
                return;
            }
            this.cluster.noticed(result.as_ref().err());
            match result {
                Ok(version) => this.decide(|r, now| r.listed(version, now)),
                Err(failure) => this.decide(|r, now| r.list_failed(failure, now, random())),
            }
        });
    }

    fn watch(self: &Rc<Self>, resource_version: &str) {
        let turn = self.next_turn();
        let timeout_s = WATCH_TIMEOUT_S + (f64::from(WATCH_TIMEOUT_S) * random()) as u32;
        let path = self.resource.watch(resource_version, timeout_s);
        let this = Rc::downgrade(self);
        let socket = url_of(self.cluster.api_base(), &path).and_then(|url| {
            Socket::open(&url, move |heard| {
                let Some(this) = this.upgrade().filter(|w| w.turn.get() == turn) else { return };
                match heard {
                    Heard::Opened => this.decide(|r, now| {
                        r.opened(now);
                        Vec::new()
                    }),
                    Heard::Text(text) => {
                        this.cluster.ledger(|ledger| {
                            let entry = ledger.of(this.label);
                            entry.events += 1;
                            entry.bytes += text.len() as u64;
                        });
                        this.cluster.enqueue(&this, turn, text);
                    }
                    Heard::Closed { in_order } => {
                        // What came before it is applied first.
                        this.cluster.flush();
                        this.decide(|r, now| r.closed(in_order, now));
                    }
                }
            })
        });
        self.cluster.ledger(|ledger| ledger.of(self.label).asked());
        let refused = socket.is_none();
        self.socket.replace(socket);
        if refused {
            self.decide(|r, now| r.closed(false, now));
        }
    }

    fn diagnose(self: &Rc<Self>, resource_version: &str) {
        self.next_turn();
        self.socket.take();
        let url = format!("{}{}", self.cluster.api_base(), self.resource.diagnose(resource_version));
        let this = Rc::downgrade(self);
        spawn_local(async move {
            let result = get(Ask { url: &url, accept: "application/json", mask: "" }, SMALL_TIMEOUT_MS).await;
            let Some(this) = this.upgrade() else { return };
            this.cluster.ended(this.label, &result);
            let result = result.map(drop);
            this.cluster.noticed(result.as_ref().err());
            this.decide(|r, now| r.diagnosed(result, now, random()));
        });
    }
}

/// What has come of a list.
#[derive(Default)]
struct Course {
    pages: Pages,
    begun: bool,
    items: usize,
    bytes: u64,
}

/// Reads a list into the sink, in parts where that is better; returns its resourceVersion.
async fn read_list(this: &Weak<Watched>, turn: u32, abort: AbortSignal) -> Result<String, Failure> {
    let Some(list) = this.upgrade().map(|w| w.lists.get()) else { return Err(Failure::Unreachable) };
    let mut course = this.upgrade().map(|w| w.course.take()).unwrap_or_default();
    let version = loop {
        match read_part(this, turn, abort.clone(), &mut course).await {
            Ok(meta) => {
                let in_pages = this.upgrade().is_some_and(|w| w.cluster.lists_in_pages());
                match course.pages.next(meta, in_pages) {
                    Next::Watch(version) => break version,
                    Next::Page => {}
                    Next::Anew => {
                        (course.begun, course.items) = (false, 0);
                        if let Some(this) = this.upgrade() {
                            this.reflector.borrow_mut().parts_anew();
                        }
                    }
                }
            }
            Err(failure) if course.pages.goes_on(&failure) => {}
            Err(failure) => {
                let newest = this.upgrade().filter(|w| w.lists.get() == list);
                if let Some(this) = newest.filter(|_| course.pages.keeps_its_place(&failure)) {
                    this.course.replace(course);
                }
                return Err(failure);
            }
        }
    };
    // What follows from a whole list is work enough for a task of its own.
    breathe().await;
    let current = this.upgrade().filter(|w| w.turn.get() == turn).ok_or(Failure::Unreachable)?;
    current.sink.borrow_mut().end();
    // The numbers before the word that they are whole.
    current.sink.borrow().tell();
    current.feed.set(Feed::complete());
    // Of a list that began with a page, its bytes are of both.
    let detail = [("items", course.items as f64), ("bytes", course.bytes as f64)];
    marks::set(&format!("pilothouse:synced:{}", current.label), &detail);
    Ok(version)
}

/// Reads a part of the list, or all of it, into the sink as its bytes arrive.
async fn read_part(
    this: &Weak<Watched>,
    turn: u32,
    abort: AbortSignal,
    course: &mut Course,
) -> Result<ListMeta, Failure> {
    let ask = |w: Rc<Watched>| {
        w.cluster.ledger(|ledger| ledger.of(w.label).asked());
        let sink = w.sink.borrow();
        let path = match course.pages.part(w.cluster.lists_in_pages(), sink.may_be_long()) {
            Part::Whole => w.resource.list(),
            Part::Page(token) => w.resource.page(token),
        };
        let accept = if sink.reads_protobuf() { ACCEPT_EITHER } else { "application/json" };
        (format!("{}{path}", w.cluster.api_base()), accept, w.cluster.lean(|| sink.mask()))
    };
    let Some((url, accept, mask)) = this.upgrade().map(ask) else { return Err(Failure::Unreachable) };
    let mut scanner = ListScanner::default();
    let malformed = |e: ListError| Failure::Malformed { message: e.to_string() };
    stream(Ask { url: &url, accept, mask: &mask }, abort, |chunk| {
        let current = this.upgrade().filter(|w| w.turn.get() == turn).ok_or(Failure::Unreachable)?;
        let mut sink = current.sink.borrow_mut();
        if !std::mem::replace(&mut course.begun, true) {
            sink.begin();
        }
        let fed = scanner.feed(chunk, |item| {
            course.items += 1;
            sink.upsert(item);
        });
        drop(sink);
        current.tell_views();
        course.bytes += chunk.len() as u64;
        current.cluster.ledger(|ledger| ledger.of(current.label).bytes += chunk.len() as u64);
        current.reflector.borrow_mut().part(current.cluster.now_ms());
        // A list that begins again after its first page does not fall back.
        current.progress.set((course.items.max(current.progress.get().0), course.bytes));
        let this = this.clone();
        current.progress_gate.schedule(move || {
            if let Some(current) = this.upgrade() {
                current.show_progress();
            }
        });
        fed.map_err(malformed)
    })
    .await?;
    scanner.finish().map_err(malformed)
}
