//! An event, as kubectl prints it.

use super::json::Text;
use super::meta::ObjectMeta;
use super::projection::fields;
use crate::timestamp;

/// An event of `v1` (which the API server also fills for `events.k8s.io/v1`):
/// <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/>.
#[derive(Clone, Debug, Default)]
pub struct Event<'a> {
    /// Identity.
    pub metadata: ObjectMeta<'a>,
    /// `Normal` or `Warning`.
    pub kind: Text<'a>,
    /// A word, for example `BackOff`.
    pub reason: Text<'a>,
    /// A sentence.
    pub message: Text<'a>,
    /// How often it was seen.
    pub count: i64,
    /// RFC 3339.
    pub first_timestamp: Text<'a>,
    /// RFC 3339.
    pub last_timestamp: Text<'a>,
    /// RFC 3339 with microseconds, in events of the newer API.
    pub event_time: Text<'a>,
    /// Repetitions, in events of the newer API.
    pub series: Series<'a>,
    /// Who reports it.
    pub source: Source<'a>,
    /// Who reports it, in events of the newer API.
    pub reporting_component: Text<'a>,
}

/// Repetitions of an event.
#[derive(Clone, Debug, Default)]
pub struct Series<'a> {
    /// How often it was seen.
    pub count: i64,
    /// RFC 3339 with microseconds.
    pub last_observed_time: Text<'a>,
}

/// The component that reports an event.
#[derive(Clone, Debug, Default)]
pub struct Source<'a> {
    /// For example `kubelet`.
    pub component: Text<'a>,
}

/// What a table shows of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRow {
    /// The object's uid.
    pub uid: String,
    /// Whether it is a warning.
    pub warning: bool,
    /// A word.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// How often.
    pub count: i64,
    /// Seconds since the epoch, of the first and the last time.
    pub first_s: Option<i64>,
    /// Seconds since the epoch, of the last time.
    pub last_s: Option<i64>,
    /// Who says so.
    pub from: String,
}

fields! {
    Event<'de> {
        "metadata": metadata,
        "type": kind,
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": first_timestamp,
        "lastTimestamp": last_timestamp,
        "eventTime": event_time,
        "series": series,
        "source": source,
        "reportingComponent": reporting_component,
    }
    Series<'de> {
        "count": count,
        "lastObservedTime": last_observed_time,
    }
    Source<'de> {
        "component": component,
    }
}

impl From<&Event<'_>> for EventRow {
    fn from(event: &Event<'_>) -> Self {
        let at = |texts: [&Text<'_>; 4]| texts.into_iter().find_map(|t| timestamp::seconds(t));
        let created = &event.metadata.creation_timestamp;
        Self {
            uid: event.metadata.uid.to_string(),
            warning: &*event.kind != "Normal",
            reason: event.reason.to_string(),
            message: event.message.to_string(),
            count: event.count.max(event.series.count).max(1),
            first_s: at([&event.first_timestamp, &event.event_time, created, created]),
            last_s: at([&event.series.last_observed_time, &event.last_timestamp, &event.event_time, created]),
            from: event.source.component.non_empty().unwrap_or(&event.reporting_component).to_owned(),
        }
    }
}
