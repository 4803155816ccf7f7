//! An API server of pods: what it answers to lists, watches and diagnoses, and what can go wrong with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::pages::Part;

/// An API server of pods.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// Version and phase of each, by name.
    pods: BTreeMap<String, (u64, String)>,
    version: u64,
    /// The frame of each change, by the version that it made.
    history: BTreeMap<u64, String>,
    /// What is older has been forgotten.
    remembers_since: u64,
    /// What every request is answered with, instead of what was asked for.
    pub trouble: Option<Failure>,
    /// The next list ends after so many bytes.
    pub cut_at: Option<usize>,
    /// So many objects a page; all where it is none.
    pub page_items: Option<usize>,
    /// It streams lists, and this pod goes while it collects one of which a first page was asked for.
    pub goes_meanwhile: Option<&'static str>,
    /// The page after so many is not answered.
    pub fails_after_pages: Option<u32>,
    /// Pages that were asked for.
    pub pages: u32,
    /// Every version is too old as soon as it is told.
    pub forgets_at_once: bool,
    /// Snapshots that pages are read from are gone: the next page is told so.
    pub forgot_snapshots: bool,
}

impl Server {
    /// With so many running pods.
    pub(super) fn with_pods(count: usize) -> Self {
        let mut server = Self::default();
        (0..count).for_each(|number| server.set(&format!("pod-{number:04}"), "Running"));
        server
    }

    /// Creates or changes a pod.
    pub(super) fn set(&mut self, name: &str, phase: &str) {
        self.version += 1;
        let kind = if self.pods.contains_key(name) { "MODIFIED" } else { "ADDED" };
        self.pods.insert(name.to_owned(), (self.version, phase.to_owned()));
        self.remember(kind, name, self.version, phase);
    }

    /// Deletes a pod.
    pub(super) fn delete(&mut self, name: &str) {
        self.version += 1;
        if let Some((_, phase)) = self.pods.remove(name) {
            self.remember("DELETED", name, self.version, &phase);
        }
    }

    /// Forgets all history.
    pub(super) fn compact(&mut self) {
        self.history.clear();
        self.remembers_since = self.version;
    }

    /// Becomes what a backup holds: another history, with lower versions.
    pub(super) fn restore(&mut self, backup: Self) {
        *self = backup;
    }

    /// What kubectl would show: names and phases.
    pub(super) fn shown(&self) -> Vec<(String, String)> {
        self.pods.iter().map(|(name, (_, phase))| (name.clone(), phase.clone())).collect()
    }

    /// Whether it is too old to stream lists.
    pub(super) fn is_old(&self) -> bool {
        self.page_items.is_some() && self.goes_meanwhile.is_none()
    }

    /// A list from a token on, and whether it is cut.
    pub(super) fn list(&mut self, part: Part<'_>) -> Result<(Vec<u8>, bool), Failure> {
        let (token, most) = match part {
            Part::Page(token) => (token, self.page_items.unwrap_or(usize::MAX)),
            Part::Whole => {
                self.goes_meanwhile.into_iter().for_each(|name| self.delete(name));
                ("", usize::MAX)
            }
        };
        if let Some(failure) = &self.trouble {
            return Err(failure.clone());
        }
        self.pages += 1;
        if self.fails_after_pages.is_some_and(|most| self.pages > most) {
            self.fails_after_pages = None;
            return Err(Failure::Unreachable);
        }
        if !token.is_empty() && std::mem::take(&mut self.forgot_snapshots) {
            return Err(Failure::PageExpired { continue_token: token.to_owned() });
        }
        let mut rest = self.pods.iter().filter(|(name, _)| name.as_str() >= token);
        let items: Vec<_> =
            rest.by_ref().take(most).map(|(name, (version, phase))| pod(name, *version, phase)).collect();
        let next = rest.next().map_or("", |(name, _)| name.as_str());
        let meta = json!({ "resourceVersion": self.version.to_string(), "continue": next });
        let mut body = json!({ "kind": "PodList", "metadata": meta, "items": items }).to_string().into_bytes();
        let cut = self.cut_at.take();
        body.truncate(cut.unwrap_or(usize::MAX));
        Ok((body, cut.is_some()))
    }

    /// A watch's handshake: whether it is let in.
    pub(super) fn lets_in(&self) -> bool {
        self.trouble.is_none()
    }

    /// What a watch that has seen a version is told next; it is silent about a version that is still to come.
    pub(super) fn told(&self, since: u64) -> Vec<String> {
        if since < self.remembers_since || self.forgets_at_once {
            let gone = json!({ "kind": "Status", "code": 410, "reason": "Expired" });
            return vec![json!({ "type": "ERROR", "object": gone }).to_string()];
        }
        self.history.range(since + 1..).map(|(_, frame)| frame.clone()).collect()
    }

    /// One object of the list at a version.
    pub(super) fn diagnose(&self, version: &str) -> Result<(), Failure> {
        if let Some(failure) = &self.trouble {
            return Err(failure.clone());
        }
        let version = version.parse().unwrap_or(self.version);
        let is_known = (self.remembers_since..=self.version).contains(&version);
        if is_known { Ok(()) } else { Err(Failure::Expired) }
    }

    fn remember(&mut self, kind: &str, name: &str, version: u64, phase: &str) {
        let frame = json!({ "type": kind, "object": pod(name, version, phase) });
        self.history.insert(version, frame.to_string());
    }
}

fn pod(name: &str, version: u64, phase: &str) -> Value {
    let mut uid = String::new();
    name.bytes().for_each(|byte| write!(uid, "{byte:02x}").expect("a string takes all"));
    json!({
        "metadata": { "uid": uid, "name": name, "namespace": "shop", "resourceVersion": version.to_string() },
        "spec": { "containers": [{ "name": "app", "image": "app:1" }] },
        "status": { "phase": phase },
    })
}
