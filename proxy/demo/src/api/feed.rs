//! The events of a watch, as its client is to see them.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::json;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::options;
use super::page::Page;
use super::query::Query;
use super::selector::Selector;
use super::view::View;
use crate::error::ApiError;
use crate::kinds::Kind;
use crate::store::Store;
use crate::store::history::{Change, Event};
use crate::store::object::Object;
use crate::store::watch::Watch;
use crate::tree;

/// The frames of a watch, each an event without its line end.
#[derive(Debug)]
pub struct Feed {
    kind: &'static Kind,
    namespace: Option<String>,
    selector: Selector,
    view: View,
    /// The frame in the making: one piece of memory for all.
    frame: BytesMut,
    source: Source,
    bookmarks: Option<Interval>,
    /// Not before this are the next events read.
    rests_until: Instant,
    end: Instant,
}

/// Where the next frames come from.
#[derive(Debug)]
enum Source {
    /// What was there before, then the watch.
    Initial { objects: std::vec::IntoIter<std::sync::Arc<Object>>, watch: Watch, closing: Option<u64> },
    /// What happens.
    Watch(Watch),
    /// The watch cannot begin.
    Refused(ApiError),
    /// Nothing more.
    Ended,
}

/// As the API server: a little less than a minute.
const BOOKMARK_EVERY: Duration = Duration::from_secs(59);
/// What the API server takes where no time is asked for, at least.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1800);
/// A client has to come back once a day.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 3600);
/// How long events are gathered after the last ones: where thousands happen in a second, what it takes to wake a reader
/// and to write for it is paid once for many. The first after a rest goes at once.
const GATHER: Duration = Duration::from_millis(5);
/// How many of the objects that were there before are sent at once, and about how many bytes of them.
const INITIAL_BATCH: usize = 256;
const INITIAL_BATCH_BYTES: usize = 1 << 20;

impl Feed {
    /// The feed that a request asks for.
    pub fn open(
        store: &Store,
        kind: &'static Kind,
        namespace: Option<String>,
        query: &Query,
        view: View,
    ) -> Result<Self, ApiError> {
        let selector = Selector::of(kind, query)?;
        let timeout = query.number("timeoutSeconds")?.and_then(|seconds| u64::try_from(seconds).ok());
        let timeout = timeout.filter(|seconds| *seconds > 0).map_or(DEFAULT_TIMEOUT, Duration::from_secs);
        let source = Source::open(store, kind, namespace.as_deref(), query, &selector)?;
        let bookmarks = query.flag("allowWatchBookmarks").then(|| {
            let mut every = tokio::time::interval_at(Instant::now() + BOOKMARK_EVERY, BOOKMARK_EVERY);
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            every
        });
        let now = Instant::now();
        let end = now + timeout.min(MAX_TIMEOUT);
        Ok(Self { kind, namespace, selector, view, frame: BytesMut::new(), source, bookmarks, rests_until: now, end })
    }

    /// When its client has to have come to the end.
    pub fn end(&self) -> Instant {
        self.end
    }

    /// Gives the next frames away, at least one; none at the end.
    pub async fn next(&mut self, emit: &mut (dyn FnMut(&[u8]) + Send)) -> Option<()> {
        loop {
            let emitted = match &mut self.source {
                Source::Initial { .. } => self.initial(emit),
                Source::Watch(watch) => {
                    let bookmark = async {
                        match &mut self.bookmarks {
                            Some(every) => every.tick().await,
                            None => std::future::pending().await,
                        }
                    };
                    let rests_until = self.rests_until;
                    let events = async {
                        if rests_until > Instant::now() {
                            tokio::time::sleep_until(rests_until).await;
                        }
                        watch.next().await
                    };
                    tokio::select! {
                        events = events => match events {
                            Ok(events) => {
                                self.rests_until = Instant::now() + GATHER;
                                events.iter().filter(|event| self.tell(event, emit)).count()
                            }
                            Err(expired) => {
                                self.source = Source::Ended;
                                emit(&refusal(&expired.into()));
                                1
                            }
                        },
                        _ = bookmark => {
                            emit(&bookmark_frame(self.kind, watch.seen(), false));
                            1
                        }
                        () = tokio::time::sleep_until(self.end) => {
                            self.source = Source::Ended;
                            return None;
                        }
                    }
                }
                Source::Refused(error) => {
                    emit(&refusal(error));
                    self.source = Source::Ended;
                    1
                }
                Source::Ended => return None,
            };
            if emitted > 0 {
                return Some(());
            }
        }
    }

    fn initial(&mut self, emit: &mut dyn FnMut(&[u8])) -> usize {
        let Source::Initial { objects, watch, closing } = std::mem::replace(&mut self.source, Source::Ended) else {
            return 0;
        };
        let mut objects = objects;
        let (mut emitted, mut bytes) = (0, 0);
        for object in objects.by_ref().take(INITIAL_BATCH) {
            self.tell_object("ADDED", &object, emit);
            emitted += 1;
            bytes += object.body.len();
            if bytes >= INITIAL_BATCH_BYTES {
                break;
            }
        }
        if objects.len() > 0 {
            self.source = Source::Initial { objects, watch, closing };
        } else {
            if let Some(version) = closing {
                emit(&bookmark_frame(self.kind, version, true));
                emitted += 1;
            }
            self.source = Source::Watch(watch);
        }
        emitted
    }

    /// Tells an event as this watch sees it: an object that begins to be selected is added, one that ceases is deleted.
    /// False for what is none of it.
    fn tell(&mut self, event: &Event, emit: &mut dyn FnMut(&[u8])) -> bool {
        let is_meant = |object: &Object| {
            self.namespace.as_deref().is_none_or(|namespace| *object.namespace == *namespace)
                && self.selector.matches(object)
        };
        let was = event.previous.as_deref().is_some_and(is_meant);
        let is = event.change != Change::Deleted && is_meant(&event.object);
        let change = match (was, is) {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => return false,
        };
        self.tell_object(change, &event.object, emit);
        true
    }

    fn tell_object(&mut self, change: &str, object: &Object, emit: &mut dyn FnMut(&[u8])) {
        let frame = &mut self.frame;
        frame.clear();
        frame.put_slice(b"{\"type\":\"");
        frame.put_slice(change.as_bytes());
        frame.put_slice(b"\",\"object\":");
        self.view.write_alone(object, frame);
        frame.put_u8(b'}');
        emit(frame);
    }
}

impl Source {
    fn open(
        store: &Store,
        kind: &'static Kind,
        namespace: Option<&str>,
        query: &Query,
        selector: &Selector,
    ) -> Result<Self, ApiError> {
        options::check_watch(query)?;
        let asked = options::version(query)?.unwrap_or_default();
        let lists_first = query.flag("sendInitialEvents");
        if asked > 0 && !lists_first {
            return Ok(match store.watch(kind, asked) {
                Ok(watch) => Self::Watch(watch),
                Err(expired) => Self::Refused(expired.into()),
            });
        }
        if asked > store.version() {
            return Ok(Self::Refused(ApiError::Future(asked, store.version())));
        }
        let page = Page::read(store, kind, namespace, &Query::default(), selector)?;
        let closing = lists_first.then_some(page.version);
        Ok(match store.watch(kind, page.version) {
            Ok(watch) => Self::Initial { objects: page.objects.into_iter(), watch, closing },
            Err(expired) => Self::Refused(expired.into()),
        })
    }
}

fn bookmark_frame(kind: &Kind, version: u64, ends_initial: bool) -> Bytes {
    let mut metadata = json!({ "resourceVersion": version.to_string() });
    if ends_initial {
        tree::put(&mut metadata, &["annotations"], json!({ "k8s.io/initial-events-end": "true" }));
    }
    let object = json!({ "kind": kind.name, "apiVersion": kind.api_version(), "metadata": metadata });
    json!({ "type": "BOOKMARK", "object": object }).to_string().into()
}

fn refusal(error: &ApiError) -> Bytes {
    json!({ "type": "ERROR", "object": error.status() }).to_string().into()
}
