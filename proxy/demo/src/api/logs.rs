//! The logs of containers: what was written, and what is being written.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{self, Body, pieces};
use super::query::Query;
use crate::company::logs::{Line, Log};
use crate::company::moment::Moment;
use crate::error::{ApiError, Cause};
use crate::store::object::Object;
use crate::store::{Key, Store};

/// In which encoding, the container that wrote it knows.
const LOG: &str = "text/plain";

/// What of a log is wanted.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    since: Option<Moment>,
    tail: Option<usize>,
    limit_bytes: Option<usize>,
    stamped: bool,
}

/// A log that is followed.
struct Following {
    store: Arc<Store>,
    key: Key,
    uid: Arc<str>,
    container: String,
    stamped: bool,
    /// When the run began that is followed.
    started: Moment,
    read_to: Moment,
    /// How much may still be sent, where there is a limit.
    left_bytes: Option<usize>,
    has_ended: bool,
}

/// One answer never holds more lines.
const MAX_LINES: usize = 200_000;
/// How often a followed log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Answers with the log of a pod's container.
pub fn answer(store: &Arc<Store>, pod: &Object, query: &Query) -> Result<Response<Body>, ApiError> {
    let value = pod.value();
    let container = container_of(&value, &pod.name, query)?;
    let now = Moment::of(store.clock().now());
    let wanted = Wanted::of(&pod.name, query, now)?;
    let previous = query.flag("previous");
    if value.pointer("/spec/nodeName").and_then(Value::as_str).is_none_or(str::is_empty) {
        // Nobody has begun to write.
        return Ok(answer::empty(StatusCode::NO_CONTENT));
    }
    let log = Log::of(&value, &container, previous).ok_or_else(|| absent(&value, &pod.name, &container, previous))?;
    let text = wanted.text(&log, now);
    let left_bytes = wanted.limit_bytes.map(|limit| limit - text.len());
    // What a run that is over has written is all there.
    if !query.flag("follow") || log.finished.is_some() {
        return Ok(answer::answer(StatusCode::OK, LOG, answer::full(text)));
    }
    let following = Following {
        store: Arc::clone(store),
        key: Key::of(pod),
        uid: Arc::clone(&pod.uid),
        container,
        stamped: wanted.stamped,
        started: log.started,
        read_to: now,
        left_bytes,
        has_ended: false,
    };
    let first = (!text.is_empty()).then(|| Bytes::from(text));
    let body = pieces((first, following), |(first, mut following)| async move {
        let piece = match first {
            Some(first) => first,
            None => following.next().await?,
        };
        Some((piece, (None, following)))
    });
    Ok(answer::answer(StatusCode::OK, LOG, body))
}

impl Wanted {
    fn of(pod: &str, query: &Query, now: Moment) -> Result<Self, ApiError> {
        let at_least = |name: &str, least: i64| match query.number(name)? {
            Some(number) if number < least => Err(too_small(pod, name, number, least)),
            number => Ok(number),
        };
        let count = |name: &str, least: i64| {
            let number = at_least(name, least)?;
            Ok::<_, ApiError>(number.and_then(|number| usize::try_from(number).ok()))
        };
        let since_s = at_least("sinceSeconds", 1)?;
        let since_time = query.get("sinceTime").map(|time| {
            time.parse::<Timestamp>().map_err(|error| ApiError::BadRequest(format!("parsing time \"{time}\": {error}")))
        });
        let since_time = since_time.transpose()?.map(Moment::of);
        Ok(Self {
            since: since_s.map(|since_s| now - since_s).or(since_time),
            tail: count("tailLines", 0)?,
            limit_bytes: count("limitBytes", 1)?,
            stamped: query.flag("timestamps"),
        })
    }

    fn text(&self, log: &Log, now: Moment) -> String {
        let from = self.since.map_or(log.start(now), |since| since.max(log.start(now)));
        let lines = log.between(from, now + 1);
        let mut last: Vec<Line> = lines.rev().take(self.tail.unwrap_or(MAX_LINES).min(MAX_LINES)).collect();
        last.reverse();
        let mut text = String::new();
        last.iter().for_each(|line| write(&mut text, line, self.stamped));
        cut(&mut text, self.limit_bytes);
        text
    }
}

impl Following {
    /// What was written since; none when the run has ended, or as much was sent as was asked for.
    async fn next(&mut self) -> Option<Bytes> {
        // Less than the longest letter may be too little for the next one.
        while !self.has_ended && self.left_bytes.is_none_or(|left| left >= char::MAX_LEN_UTF8) {
            tokio::time::sleep(LOOK_EVERY).await;
            let pod = self.store.get(&self.key).ok().filter(|pod| pod.uid == self.uid)?;
            let pod = pod.value();
            // It may have ended, and the next one have begun.
            let mut runs = [false, true].into_iter().filter_map(|previous| Log::of(&pod, &self.container, previous));
            let log = runs.find(|log| log.started == self.started)?;
            let to = Moment::of(self.store.clock().now()) + 1;
            let mut text = String::new();
            log.between(self.read_to + 1, to).take(MAX_LINES).for_each(|line| write(&mut text, &line, self.stamped));
            self.read_to = to - 1;
            self.has_ended = log.finished.is_some_and(|finished| finished <= self.read_to);
            cut(&mut text, self.left_bytes);
            self.left_bytes = self.left_bytes.map(|left| left - text.len());
            if !text.is_empty() {
                return Some(text.into());
            }
        }
        None
    }
}

/// Cuts a text to a length, where there is a limit.
fn cut(text: &mut String, limit: Option<usize>) {
    if let Some(limit) = limit {
        let end = (0..=limit.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
    }
}

fn write(text: &mut String, line: &Line, stamped: bool) {
    if stamped {
        let at = line.at.to_string();
        text.push_str(at.trim_end_matches('Z'));
        text.push_str(&format!(".{:09}Z ", line.nanos % 1_000_000_000));
    }
    text.push_str(&line.text);
    text.push('\n');
}

fn too_small(pod: &str, name: &str, number: i64, least: i64) -> ApiError {
    let message = if least == 0 {
        format!("Invalid value: {number}: must be greater than or equal to 0")
    } else {
        format!("Invalid value: {number}: must be greater than 0")
    };
    let cause = Cause { reason: "FieldValueInvalid", message, field: name.to_owned() };
    ApiError::InvalidPart("PodLogOptions", "", pod.to_owned(), vec![cause])
}

/// The container that is meant: the named one, or the only one.
fn container_of(pod: &Value, name: &str, query: &Query) -> Result<String, ApiError> {
    let names: Vec<_> = ["/spec/containers", "/spec/initContainers"]
        .iter()
        .flat_map(|path| pod.pointer(path).and_then(Value::as_array).into_iter().flatten())
        .filter_map(|container| container.get("name")?.as_str())
        .collect();
    let count = pod.pointer("/spec/containers").and_then(Value::as_array).map_or(0, Vec::len);
    match query.get("container") {
        Some(wanted) if names.contains(&wanted) => Ok(wanted.to_owned()),
        Some(wanted) => Err(ApiError::BadRequest(format!("container {wanted} is not valid for pod {name}"))),
        None if count == 1 => Ok(names.first().map(|name| (*name).to_owned()).unwrap_or_default()),
        None => Err(ApiError::BadRequest(format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            names.join(" ")
        ))),
    }
}

/// Why there is no log, in the words of the kubelet.
fn absent(pod: &Value, name: &str, container: &str, previous: bool) -> ApiError {
    if previous {
        return ApiError::BadRequest(format!(
            "previous terminated container \"{container}\" in pod \"{name}\" not found"
        ));
    }
    let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array).into_iter().flatten();
    let waiting = statuses
        .filter(|status| status.get("name").and_then(Value::as_str) == Some(container))
        .find_map(|status| status.pointer("/state/waiting/reason")?.as_str());
    let why = match waiting {
        Some("ImagePullBackOff" | "ErrImagePull") => "trying and failing to pull image".to_owned(),
        Some(reason) => reason.to_owned(),
        None => "ContainerCreating".to_owned(),
    };
    ApiError::BadRequest(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"))
}
