//! A healthy pod with holes in place of what is its own.

use serde_json::Value;

use super::super::fate::Fate;
use super::super::moment::Moment;
use super::super::pod;
use super::super::workload::{Crew, Workload};
use crate::kinds::builtin;
use crate::store::interned::Interned;
use crate::store::template::{Template, hole};

/// The holes of a healthy pod's template, apart from its uid.
const HOLES: [&str; 10] = ["suffix", "created", "started", "ready", "node", "host", "ip", "token", "id0", "id1"];
/// What fills the holes of one pod, in their order.
pub(super) type Row = [String; HOLES.len()];
/// Stands for the uid while a template is made; the real ones are filled in.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
/// Stand for the times while a template is made.
const TIMES: [(&str, Moment); 3] = [("created", Moment(100)), ("started", Moment(103)), ("ready", Moment(109))];

/// When a pod that was made then was started and ready, itself the first of the three.
pub(super) fn times(created: Moment) -> [Moment; 3] {
    TIMES.map(|(_, time)| created + (time.0 - TIMES[0].1.0))
}

impl Crew {
    /// What healthy pods of the crew are stamped from.
    pub(super) fn blank(&self, workload: &Workload, fate: Fate, interned: &Interned) -> Template {
        let suffix = hole("suffix");
        let name = format!("{}{suffix}", self.prefix);
        let created = TIMES[0].1;
        let mut pod = self.pod(workload, &name, NOBODY, created);
        if self.numbered {
            pod::join_set(&mut pod, workload.app.name, &suffix);
        }
        if self.daemons {
            pod::pin(&mut pod, &hole("node"));
        }
        pod::bind(&mut pod, &hole("node"));
        let ip = if self.on_host { hole("host") } else { hole("ip") };
        let course = fate.course(&pod, created, created, (hole("host"), ip));
        pod::report(&mut pod, &course, TIMES[2].1);
        let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array);
        let ids = statuses.into_iter().flatten().filter_map(|status| status.get("containerID")?.as_str());
        let mut cuts: Vec<(String, String)> = ids
            .zip(["id0", "id1"])
            .map(|(id, name)| (id.trim_start_matches("containerd://").to_owned(), hole(name)))
            .collect();
        cuts.extend(TIMES.map(|(name, time)| (time.to_string(), hole(name))));
        let token = pod::token_volume(NOBODY);
        cuts.push((token, format!("kube-api-access-{}", hole("token"))));
        punch(&mut pod, &cuts);
        Template::new(builtin("", "pods"), pod, &HOLES, interned)
    }
}

/// Puts holes where a value's strings have these texts.
fn punch(value: &mut Value, cuts: &[(String, String)]) {
    match value {
        Value::String(text) => {
            for (cut, hole) in cuts.iter().filter(|(cut, _)| !cut.is_empty()) {
                if text.contains(cut.as_str()) {
                    *text = text.replace(cut.as_str(), hole);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| punch(item, cuts)),
        Value::Object(members) => members.values_mut().for_each(|member| punch(member, cuts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
