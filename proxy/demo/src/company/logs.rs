//! What pods write: lines that are worked out from the pod, the container and the time.
//!
//! Nothing is kept: the line of a second is the same whenever it is asked for.

use serde_json::Value;

use super::app::APPS;
use super::identity::hash;
use super::moment::Moment;
use super::trouble::Trouble;
use crate::random::Random;

mod ending;
mod voice;

pub use voice::Voice;

/// What one run of a container has written.
#[derive(Clone, Debug)]
pub struct Log {
    subject: String,
    voice: Voice,
    app: String,
    version: String,
    trouble: Option<Trouble>,
    /// When it began.
    pub started: Moment,
    /// When it ended; none while it runs.
    pub finished: Option<Moment>,
}

/// A line of a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The second in which it was written.
    pub at: Moment,
    /// The billionth of that second.
    pub nanos: u32,
    /// What was written, without its end.
    pub text: String,
}

/// Nobody keeps more than this much of a log.
const KEPT_S: i64 = 3 * 3600;

impl Log {
    /// The log of a container's present or last run, or of the one before; none when there was no such run.
    pub fn of(pod: &Value, container: &str, previous: bool) -> Option<Self> {
        let statuses = pod.pointer("/status/containerStatuses")?.as_array()?;
        let status = statuses.iter().find(|status| status.get("name").and_then(Value::as_str) == Some(container))?;
        let (state, last) = (status.get("state")?, status.get("lastState"));
        let moment = |value: &Value, name: &str| Moment::parse(value.get(name)?.as_str()?);
        let ended = |state: &Value| {
            let end = state.get("terminated")?;
            Some((moment(end, "startedAt")?, Some(moment(end, "finishedAt")?)))
        };
        let running = state.get("running").and_then(|running| Some((moment(running, "startedAt")?, None)));
        let (started, finished) = match previous {
            true => ended(last?)?,
            false => running.or_else(|| ended(state)).or_else(|| ended(last?))?,
        };
        let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let name = text("/metadata/labels/app.kubernetes.io~1name");
        let app = APPS.iter().find(|app| app.name == name && app.name == container);
        let suffers = app.and_then(|app| app.trouble).filter(|trouble| suffers(status, *trouble));
        Some(Self {
            subject: format!("{}/{container}", text("/metadata/uid")),
            voice: app.map_or(Voice::Proxy, |app| app.voice),
            app: name.to_owned(),
            version: text("/metadata/labels/app.kubernetes.io~1version").to_owned(),
            trouble: suffers,
            started,
            finished,
        })
    }

    /// The first second that is kept.
    pub fn start(&self, now: Moment) -> Moment {
        self.started.max(self.finished.unwrap_or(now) - KEPT_S)
    }

    /// The lines of the seconds from `from` to before `to`, which are clipped to the run.
    pub fn between(&self, from: Moment, to: Moment) -> impl DoubleEndedIterator<Item = Line> {
        let to = self.finished.map_or(to, |finished| to.min(finished + 1));
        (from.max(self.started).0..to.0).flat_map(|second| self.lines_of(Moment(second)))
    }

    /// The lines of one second.
    fn lines_of(&self, at: Moment) -> Vec<Line> {
        let age_s = at.0 - self.started.0;
        let mut random = Random::new(hash(format!("{}/{}", self.subject, at.0).as_bytes()));
        let mut texts = Vec::new();
        if age_s < 3 {
            texts.extend(self.voice.greeting(age_s, &self.app, &self.version, at));
        } else if self.finished.is_none_or(|finished| at < finished) {
            texts.extend(self.voice.line(&mut random, &self.app, at));
        }
        if let Some(finished) = self.finished {
            texts.extend(ending::lines(self.trouble, &self.app, at.0 - finished.0, at));
        } else if let Some(trouble) = self.trouble {
            texts.extend(ending::complaint(trouble, &mut random, at));
        }
        let count = u32::try_from(texts.len()).unwrap_or(1).max(1);
        let step = 1_000_000_000 / count;
        let own = u32::try_from(random.below(u64::from(step))).unwrap_or(0);
        let line = |(number, text)| Line { at, nanos: number * step + own, text };
        (0..).zip(texts).map(line).collect()
    }
}

/// Whether this container shows its app's trouble.
fn suffers(status: &Value, trouble: Trouble) -> bool {
    let is_ready = status.get("ready").and_then(Value::as_bool).unwrap_or(false);
    let was_killed =
        status.pointer("/lastState/terminated/exitCode").and_then(Value::as_i64).is_some_and(|code| code != 0);
    match trouble {
        Trouble::CrashLoop | Trouble::OutOfMemory => was_killed,
        Trouble::FailingProbe => !is_ready,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(app: &str, status: Value) -> Value {
        let mut status = status;
        status["name"] = app.into();
        json!({
            "metadata": {"uid": "u", "labels": {"app.kubernetes.io/name": app, "app.kubernetes.io/version": "1.2.3"}},
            "status": {"containerStatuses": [status]},
        })
    }

    fn whole(log: &Log) -> Vec<String> {
        log.between(Moment(0), Moment(2_000)).map(|line| line.text).collect()
    }

    fn ended(app: &str, reason: &str, code: i32) -> Log {
        let end = json!({
            "exitCode": code,
            "reason": reason,
            "startedAt": Moment(1000).to_string(),
            "finishedAt": Moment(1004).to_string(),
        });
        let status = json!({"state": {"waiting": {}}, "lastState": {"terminated": end}, "ready": false});
        Log::of(&pod(app, status), app, true).unwrap()
    }

    #[test]
    fn a_crash_tells_its_cause_last() {
        let lines = whole(&ended("reviews", "Error", 1));
        assert!(lines.iter().any(|line| line.contains("1.2.3")), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("panic") && line.contains("REVIEWS_DB_URL")), "{lines:?}");
    }

    #[test]
    fn the_same_second_has_the_same_lines_forwards_and_backwards() {
        for app in APPS {
            let running = json!({"state": {"running": {"startedAt": Moment(1000).to_string()}}, "ready": true});
            let log = Log::of(&pod(app.name, running), app.name, false).unwrap();
            let lines: Vec<_> = log.between(Moment(0), Moment(1600)).collect();
            let mut backwards: Vec<_> = log.between(Moment(0), Moment(1600)).rev().collect();
            backwards.reverse();
            assert!(lines.len() > 5, "{}", app.name);
            assert_eq!(lines, backwards);
            assert!(lines.is_sorted_by_key(|line| (line.at, line.nanos)));
        }
    }

    #[test]
    fn what_never_ran_has_no_log() {
        let waiting = json!({"state": {"waiting": {"reason": "ImagePullBackOff"}}, "lastState": {}});
        assert!(Log::of(&pod("invoices", waiting.clone()), "invoices", false).is_none());
        assert!(Log::of(&pod("invoices", waiting), "invoices", true).is_none());
        assert!(Log::of(&json!(null), "invoices", true).is_none());
    }
}
