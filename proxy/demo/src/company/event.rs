//! What is told about an object, in the words of kubelets, scheduler and controllers.

use serde_json::{Value, json};

use super::identity::{hash, uid};
use super::moment::Moment;
use crate::kinds::Kind;
use crate::random::Random;

/// Something that happened to an object.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// Whom it is about.
    pub about: Subject<'a>,
    /// Who tells it, for example `kubelet`.
    pub component: &'a str,
    /// The node of who tells it; empty for what runs on none.
    pub host: &'a str,
    /// Whether it is something to worry about.
    pub warning: bool,
    /// A word.
    pub reason: &'a str,
    /// A sentence.
    pub message: &'a str,
    /// When it was told first and last, and how often.
    pub told: (Moment, Moment, u32),
}

/// The object that an event is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace; empty for what has none.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its uid.
    pub uid: &'a str,
    /// The container it is about, or empty.
    pub container: &'a str,
}

impl Event<'_> {
    /// The name of the event's object: the same for the same thing told again.
    pub fn name(&self) -> String {
        let first = self.told.0.0;
        let what = format!("{}/{}/{}/{}", self.about.uid, self.about.container, self.reason, self.message);
        // The real ones end in the nanoseconds since 1970.
        let nanos = u64::try_from(first).unwrap_or_default() * 1_000_000_000 + hash(what.as_bytes()) % 1_000_000_000;
        format!("{}.{nanos:x}", self.about.name)
    }

    /// The namespace that it is kept in.
    pub fn namespace(&self) -> &str {
        if self.about.namespace.is_empty() { "default" } else { self.about.namespace }
    }

    /// The event's object.
    pub fn object(&self) -> Value {
        let (first, last, count) = self.told;
        let name = self.name();
        let about = self.about;
        let mut involved = json!({"apiVersion": about.kind.api_version(), "kind": about.kind.name, "name": about.name, "uid": about.uid});
        let texts = [("namespace", about.namespace.to_owned()), ("fieldPath", field_path(about.container))];
        let mut source = json!({"component": self.component});
        if let (Some(involved), Some(source)) = (involved.as_object_mut(), source.as_object_mut()) {
            for (member, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                involved.insert(member.to_owned(), text.into());
            }
            if !self.host.is_empty() {
                source.insert("host".to_owned(), self.host.into());
            }
        }
        let identity = uid(&mut Random::new(hash(format!("{}/{name}", self.namespace()).as_bytes())));
        let mut event = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": name,
                "namespace": self.namespace(),
                "uid": identity,
                "creationTimestamp": first.to_string(),
            },
            "involvedObject": involved,
            "reason": self.reason,
            "message": self.message,
            "type": if self.warning { "Warning" } else { "Normal" },
            "eventTime": null,
            "firstTimestamp": first.to_string(),
            "lastTimestamp": last.to_string(),
            "count": count,
            "source": source,
            "reportingComponent": self.component,
            "reportingInstance": self.host,
        });
        // The scheduler alone uses the newer recorder, which keeps times elsewhere.
        if let Some(members) = event.as_object_mut().filter(|_| self.component == "default-scheduler") {
            let action = if self.warning { "Scheduling" } else { "Binding" };
            members.insert("action".to_owned(), action.into());
            members.insert("eventTime".to_owned(), first.micros(hash(name.as_bytes())).into());
            members.insert("firstTimestamp".to_owned(), Value::Null);
            members.insert("lastTimestamp".to_owned(), Value::Null);
            members.insert("source".to_owned(), json!({}));
            members.insert("reportingInstance".to_owned(), "default-scheduler-control-plane-1".into());
            if count > 1 {
                let series = json!({"count": count, "lastObservedTime": last.micros(0)});
                members.insert("series".to_owned(), series);
            }
            members.remove("count");
        }
        event
    }
}

fn field_path(container: &str) -> String {
    if container.is_empty() { String::new() } else { format!("spec.containers{{{container}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::builtin;

    fn event(component: &str) -> Value {
        let about = Subject {
            kind: builtin("", "pods"),
            namespace: "shop",
            name: "web-1",
            uid: "u",
            container: if component == "kubelet" { "web" } else { "" },
        };
        let told = (Moment(60), Moment(120), 3);
        let message = "Back-off restarting failed container";
        Event { about, component, host: "n1", warning: true, reason: "BackOff", message, told }.object()
    }

    #[test]
    fn a_kubelet_counts_what_it_tells_again() {
        let event = event("kubelet");
        assert_eq!(event["count"], 3);
        assert_eq!(event["involvedObject"]["fieldPath"], "spec.containers{web}");
        assert_eq!(event["lastTimestamp"], "1970-01-01T00:02:00Z");
    }

    #[test]
    fn the_scheduler_tells_a_series() {
        let event = event("default-scheduler");
        assert_eq!(event["series"]["count"], 3);
        assert_eq!(event["lastTimestamp"], Value::Null);
        assert!(event["eventTime"].as_str().unwrap().starts_with("1970-01-01T00:01:00."));
    }
}
