//! An event, as kubectl prints it. The names of `v1` and those of `events.k8s.io/v1` are both understood.

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
    /// What it is about.
    pub about: About<'a>,
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

/// The object that an event is about.
#[derive(Clone, Debug, Default)]
pub struct About<'a> {
    /// For example `Pod`.
    pub kind: Text<'a>,
    /// Empty for what has none.
    pub namespace: Text<'a>,
    /// Its name.
    pub name: Text<'a>,
    /// Its uid; of a node it is the name, where the kubelet reports.
    pub uid: Text<'a>,
    /// The part of it, for example `spec.containers{web}`.
    pub field_path: Text<'a>,
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
        "metadata" = 1: metadata,
        "involvedObject" = 2: about,
        "regarding": about,
        "type" = 9: kind,
        "reason" = 3: reason,
        "message" = 4: message,
        "note": message,
        "count" = 8: count,
        "deprecatedCount": count,
        "firstTimestamp" = 6 time: first_timestamp,
        "deprecatedFirstTimestamp": first_timestamp,
        "lastTimestamp" = 7 time: last_timestamp,
        "deprecatedLastTimestamp": last_timestamp,
        "eventTime" = 10 time: event_time,
        "series" = 11: series,
        "source" = 5: source,
        "deprecatedSource": source,
        "reportingComponent" = 14: reporting_component,
        "reportingController": reporting_component,
    }
    About<'de> {
        "kind" = 1: kind,
        "namespace" = 2: namespace,
        "name" = 3: name,
        "uid" = 4: uid,
        "fieldPath" = 7: field_path,
    }
    Series<'de> {
        "count" = 1: count,
        "lastObservedTime" = 2 time: last_observed_time,
    }
    Source<'de> {
        "component" = 1: component,
    }
}

impl Event<'_> {
    /// How often it was seen.
    pub fn times(&self) -> i64 {
        self.count.max(self.series.count).max(1)
    }

    /// When it was seen first, in seconds since the epoch.
    pub fn first_s(&self) -> Option<i64> {
        let times = [&self.first_timestamp, &self.event_time, &self.metadata.creation_timestamp];
        times.into_iter().find_map(|text| timestamp::seconds(text))
    }

    /// When it was seen last, in seconds since the epoch.
    pub fn last_s(&self) -> Option<i64> {
        let times = [&self.series.last_observed_time, &self.last_timestamp, &self.event_time];
        let created = &self.metadata.creation_timestamp;
        times.into_iter().chain([created]).find_map(|text| timestamp::seconds(text))
    }

    /// Who reports it.
    pub fn from(&self) -> &str {
        self.source.component.non_empty().unwrap_or(&self.reporting_component)
    }
}

impl From<&Event<'_>> for EventRow {
    fn from(event: &Event<'_>) -> Self {
        Self {
            uid: event.metadata.uid.to_string(),
            warning: &*event.kind != "Normal",
            reason: event.reason.to_string(),
            message: event.message.to_string(),
            count: event.times(),
            first_s: event.first_s(),
            last_s: event.last_s(),
            from: event.from().to_owned(),
        }
    }
}
