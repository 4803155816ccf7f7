//! The log of one container, followed for as long as its view is open.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Set};
use model::failure::Failure;
use model::logs::{Bounds, LogLine, LogLines, Timestamps};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::api::{escape, pod};
use super::cluster::{Cluster, bump};
use crate::web::fetch::{Abort, Ask, stream};
use crate::web::timer::FrameGate;

/// What is kept of a log; older lines make room.
const BOUNDS: Bounds = Bounds { lines: 5_000, bytes: 4 << 20 };
/// Where following begins.
const TAIL_LINES: usize = 1_000;

/// A log that is being read; the request ends when this is dropped.
#[derive(Clone)]
pub struct Log(SendWrapper<Rc<Inner>>);

struct Inner {
    lines: RefCell<LogLines>,
    version: ArcRwSignal<u64>,
    state: ArcRwSignal<LogState>,
    gate: FrameGate,
    /// Ends the request with the log, even while nothing is written.
    _abort: Abort,
}

/// Where a log stands.
#[derive(Clone, Debug, PartialEq)]
pub enum LogState {
    /// Nothing has come yet.
    Opening,
    /// Lines come as they are written.
    Following,
    /// The container has ended, or the log was not to be followed.
    Ended,
    /// It could not be read, or broke off.
    Failed(Failure),
}

impl Log {
    /// Opens a log: of the container that runs, or of the one before it.
    pub fn open(cluster: &Cluster, namespace: &str, name: &str, container: &str, previous: bool) -> Self {
        let follow = if previous { "previous=true" } else { "follow=true" };
        let container = escape(container);
        let path = format!(
            "{}{}/log?container={container}&{follow}&timestamps=true&tailLines={TAIL_LINES}",
            cluster.api_base(),
            pod(namespace, name)
        );
        let abort = Abort::new();
        let signal = abort.signal();
        let inner = Rc::new(Inner {
            lines: RefCell::new(LogLines::new(BOUNDS, Timestamps::Prefixed)),
            version: ArcRwSignal::new(0),
            state: ArcRwSignal::new(LogState::Opening),
            gate: FrameGate::default(),
            _abort: abort,
        });
        let weak = Rc::downgrade(&inner);
        let cluster = cluster.clone();
        cluster.ledger(|ledger| ledger.of("logs").asked());
        spawn_local(async move {
            let result = stream(Ask { url: &path, accept: "*/*", mask: "" }, signal, |chunk| {
                let inner = weak.upgrade().ok_or(Failure::Unreachable)?;
                cluster.ledger(|ledger| ledger.of("logs").bytes += chunk.len() as u64);
                inner.lines.borrow_mut().push(chunk);
                inner.state.set(LogState::Following);
                let version = inner.version.clone();
                inner.gate.schedule(move || bump(&version));
                Ok(())
            })
            .await;
            cluster.ledger(|ledger| ledger.of("logs").answered(0, result.as_ref().err()));
            let Some(inner) = weak.upgrade() else { return };
            inner.lines.borrow_mut().finish();
            inner.state.set(result.map_or_else(LogState::Failed, |()| LogState::Ended));
            bump(&inner.version);
        });
        Self(SendWrapper::new(inner))
    }

    /// Grows when there are more lines.
    pub fn version(&self) -> ArcRwSignal<u64> {
        self.0.version.clone()
    }

    /// Where it stands.
    pub fn state(&self) -> ArcRwSignal<LogState> {
        self.0.state.clone()
    }

    /// How many lines made room for newer ones.
    pub fn dropped(&self) -> u64 {
        self.0.lines.borrow().dropped()
    }

    /// How many lines are kept.
    pub fn len(&self) -> usize {
        self.0.lines.borrow().lines().len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lines of a range.
    pub fn range(&self, range: std::ops::Range<usize>) -> Vec<LogLine> {
        let lines = self.0.lines.borrow();
        lines.lines().iter().skip(range.start).take(range.len()).cloned().collect()
    }
}
