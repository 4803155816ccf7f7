//! The one way by which objects enter: list, watch, heal. A state machine without IO and without a clock: what
//! happened goes in, what to do comes out, and `live` does it.
//!
//! Script cannot see why a WebSocket handshake failed (only close code 1006), so a watch that ends unasked is
//! *diagnosed* with one small GET, whose answer says 401, 403, 410, 429, or that all is well.

use crate::backoff::Backoff;
use crate::failure::Failure;
use crate::frame::Frame;

/// A watch that has been silent for this long is checked with one small request, and again after as long.
pub const DOUBT_AFTER_MS: f64 = 15_000.0;
/// A watch that has been silent for this long is opened again; bookmarks come every 60 s.
pub const REOPEN_AFTER_MS: f64 = 75_000.0;
/// A list of which nothing came for this long has broken off. An API server gives up its own after 60 s.
pub const LIST_WITHIN_MS: f64 = 75_000.0;
/// A handshake that takes longer has failed.
const OPEN_WITHIN_MS: f64 = 10_000.0;
/// A watch that lived longer than this and ended in order was ended by its `timeoutSeconds`.
const LIVED_MS: f64 = 5_000.0;

/// Keeps one list and its watch.
#[derive(Clone, Debug)]
pub struct Reflector {
    state: State,
    /// Where to resume from: opaque, from the list or the newest frame.
    resource_version: Option<String>,
    backoff: Backoff,
    /// A list has broken off while the API server could be reached, and none has been whole since.
    cut: bool,
    /// It was listed again because its version had expired, and no watch has brought anything since.
    relisted: bool,
    /// Some of what was asked for last has come.
    parted: bool,
    /// The last frame or part of a list, or the opening; unknown where a list has just begun.
    heard_ms: f64,
    /// When this silence was last checked, or began.
    doubted_ms: f64,
    /// When what is shown was last known to be up to date: the last frame, the opening of the watch, or the whole list.
    true_ms: f64,
}

/// Where a reflector stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Not yet started, or let go.
    Idle,
    /// A list is on its way.
    Listing,
    /// A socket is being opened.
    Opening {
        /// Since when.
        since_ms: f64,
    },
    /// The watch is open.
    Watching {
        /// Since when.
        since_ms: f64,
    },
    /// The watch ended unasked; a small GET finds out why.
    Diagnosing,
    /// Waits before it tries again.
    Waiting {
        /// Until when.
        until_ms: f64,
        /// Why.
        failure: Failure,
    },
    /// The API server cannot be reached; resumes when it can.
    Away,
    /// Trying again would not help.
    Stopped {
        /// Why.
        failure: Failure,
    },
}

/// What a reflector wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// List everything, then call [`Reflector::listed`] or [`Reflector::list_failed`].
    List,
    /// Open a watch; an older one is closed first.
    Watch {
        /// Where from.
        resource_version: String,
    },
    /// Close the watch and expect nothing more from it.
    Close,
    /// GET one item of the list at this resourceVersion, then call [`Reflector::diagnosed`].
    Diagnose {
        /// Where a watch would resume.
        resource_version: String,
    },
    /// Check whether the API server still answers.
    Probe,
    /// The API server cannot be reached: tell the link.
    Lost,
}

impl Default for Reflector {
    fn default() -> Self {
        Self {
            state: State::Idle,
            resource_version: None,
            backoff: Backoff::default(),
            cut: false,
            relisted: false,
            parted: false,
            heard_ms: 0.0,
            doubted_ms: 0.0,
            true_ms: 0.0,
        }
    }
}

impl Reflector {
    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How long ago what is shown was last known to be up to date.
    pub fn behind_ms(&self, now_ms: f64) -> f64 {
        now_ms - self.true_ms
    }

    /// Begins, or begins anew, with a list.
    pub fn start(&mut self) -> Vec<Action> {
        self.state = State::Listing;
        self.resource_version = None;
        self.parts_anew();
        vec![Action::Close, Action::List]
    }

    /// A part of the list arrived.
    pub fn part(&mut self, now_ms: f64) {
        self.heard_ms = now_ms;
        self.parted = true;
    }

    /// All of the list is asked for again, after a first part of it.
    pub fn parts_anew(&mut self) {
        self.heard_ms = f64::NAN;
        self.parted = false;
    }

    /// The list would better be asked for in another way: anew, unless some of what was asked for last has come.
    pub fn start_otherwise(&mut self) -> Vec<Action> {
        if self.state == State::Listing && !self.parted { self.start() } else { Vec::new() }
    }

    /// Lets go of the list and the watch.
    pub fn stop(&mut self) -> Vec<Action> {
        self.state = State::Idle;
        vec![Action::Close]
    }

    /// The list is complete.
    pub fn listed(&mut self, resource_version: String, now_ms: f64) -> Vec<Action> {
        if self.state != State::Listing {
            return Vec::new();
        }
        // One whose version expires again at once must not be read without end.
        if !self.relisted {
            self.backoff.reset();
        }
        self.cut = false;
        self.true_ms = now_ms;
        self.resource_version = Some(resource_version);
        self.open(now_ms)
    }

    /// The list failed.
    pub fn list_failed(&mut self, failure: Failure, now_ms: f64, jitter: f64) -> Vec<Action> {
        if self.state != State::Listing {
            return Vec::new();
        }
        self.failed(failure, now_ms, jitter)
    }

    /// The socket is open.
    pub fn opened(&mut self, now_ms: f64) {
        if matches!(self.state, State::Opening { .. }) {
            self.state = State::Watching { since_ms: now_ms };
            self.heard(now_ms);
        }
    }

    /// A frame arrived; the caller has applied what it holds.
    pub fn frame(&mut self, frame: &Frame<'_>, now_ms: f64, jitter: f64) -> Vec<Action> {
        if !matches!(self.state, State::Watching { .. }) {
            return Vec::new();
        }
        self.heard(now_ms);
        match frame {
            Frame::Upsert { resource_version, .. }
            | Frame::Delete { resource_version, .. }
            | Frame::Bookmark { resource_version } => {
                self.backoff.reset();
                self.relisted = false;
                if let Some(version) = resource_version.non_empty() {
                    let known = self.resource_version.get_or_insert_default();
                    version.clone_into(known);
                }
                Vec::new()
            }
            Frame::Error(status) => {
                let mut actions = vec![Action::Close];
                let code = status.code.try_into().unwrap_or_default();
                let body = Failure::Server { code, message: status.message.to_string() };
                let failure = if status.code == 410 { Failure::Expired } else { body };
                actions.extend(self.failed(failure, now_ms, jitter));
                actions
            }
        }
    }

    /// The socket closed without being asked to. `in_order` tells whether the server said goodbye.
    pub fn closed(&mut self, in_order: bool, now_ms: f64) -> Vec<Action> {
        match self.state {
            State::Watching { since_ms } if in_order && now_ms - since_ms > LIVED_MS => self.open(now_ms),
            State::Opening { .. } | State::Watching { .. } => self.diagnose(),
            _ => Vec::new(),
        }
    }

    /// The diagnosis is there.
    pub fn diagnosed(&mut self, result: Result<(), Failure>, now_ms: f64, jitter: f64) -> Vec<Action> {
        if self.state != State::Diagnosing {
            return Vec::new();
        }
        match result {
            Err(failure) => self.failed(failure, now_ms, jitter),
            // All is well but the socket: again, ever more slowly, since something between may refuse WebSockets.
            Ok(()) => {
                let message = "The API server answers, but a watch (WebSocket) could not be opened.".to_owned();
                self.wait(Failure::Server { code: 101, message }, now_ms, jitter);
                Vec::new()
            }
        }
    }

    /// The link is back after an outage, or the API server knows the user again.
    ///
    /// A list that breaks off again and again, though the API server answers, is read again ever more slowly.
    pub fn resume(&mut self, now_ms: f64, jitter: f64) -> Vec<Action> {
        match self.state {
            State::Away => {}
            State::Stopped { failure: Failure::Unauthorized { .. } } => return self.open(now_ms),
            _ => return Vec::new(),
        }
        let lists = self.resource_version.is_none();
        if std::mem::replace(&mut self.cut, lists) && lists {
            let message = "The list broke off again before it was complete.".to_owned();
            self.wait(Failure::Malformed { message }, now_ms, jitter);
            return Vec::new();
        }
        self.open(now_ms)
    }

    /// The machine has slept: nothing says whether the socket still lives, and to find out would take its time.
    pub fn woken(&mut self, now_ms: f64) -> Vec<Action> {
        match self.state {
            State::Opening { .. } | State::Watching { .. } => self.reopen(now_ms),
            _ => Vec::new(),
        }
    }

    /// Time passes.
    pub fn tick(&mut self, now_ms: f64) -> Vec<Action> {
        match &self.state {
            State::Waiting { until_ms, .. } if now_ms >= *until_ms => self.open(now_ms),
            State::Listing if self.heard_ms.is_nan() => {
                self.heard_ms = now_ms;
                Vec::new()
            }
            State::Listing if now_ms - self.heard_ms >= LIST_WITHIN_MS => {
                self.state = State::Away;
                vec![Action::Close, Action::Lost]
            }
            State::Opening { since_ms } if now_ms - since_ms > OPEN_WITHIN_MS => {
                let mut actions = vec![Action::Close];
                actions.extend(self.diagnose());
                actions
            }
            State::Watching { .. } if now_ms - self.heard_ms >= REOPEN_AFTER_MS => self.reopen(now_ms),
            State::Watching { .. } if now_ms - self.doubted_ms >= DOUBT_AFTER_MS => {
                self.doubted_ms = now_ms;
                vec![Action::Probe]
            }
            _ => Vec::new(),
        }
    }

    fn heard(&mut self, now_ms: f64) {
        self.heard_ms = now_ms;
        self.doubted_ms = now_ms;
        self.true_ms = now_ms;
    }

    fn reopen(&mut self, now_ms: f64) -> Vec<Action> {
        let mut actions = vec![Action::Close];
        actions.extend(self.open(now_ms));
        actions
    }

    fn open(&mut self, now_ms: f64) -> Vec<Action> {
        match &self.resource_version {
            Some(resource_version) => {
                let resource_version = resource_version.clone();
                self.state = State::Opening { since_ms: now_ms };
                vec![Action::Watch { resource_version }]
            }
            None => self.start(),
        }
    }

    fn diagnose(&mut self) -> Vec<Action> {
        self.state = State::Diagnosing;
        vec![Action::Diagnose { resource_version: self.resource_version.clone().unwrap_or_default() }]
    }

    fn wait(&mut self, failure: Failure, now_ms: f64, jitter: f64) {
        let asked_s = if let Failure::TooManyRequests { retry_after_s } = failure { retry_after_s } else { None };
        self.state = State::Waiting { until_ms: now_ms + self.backoff.next_ms(jitter, asked_s), failure };
    }

    fn failed(&mut self, failure: Failure, now_ms: f64, jitter: f64) -> Vec<Action> {
        match failure {
            Failure::Unreachable => {
                self.state = State::Away;
                vec![Action::Lost]
            }
            // Told to list again. A second time in a row waits: a server that always says so is not hammered.
            Failure::Expired
                if self.resource_version.take().is_some() && !std::mem::replace(&mut self.relisted, true) =>
            {
                self.start()
            }
            failure if failure.passes() => {
                self.wait(failure, now_ms, jitter);
                Vec::new()
            }
            failure => {
                self.state = State::Stopped { failure };
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests;
