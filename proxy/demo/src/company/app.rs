//! An app of the company, as its team would describe it: what runs, how much of it, what is wrong with it.

use super::logs::Voice;
use super::trouble::Trouble;

mod catalog;

pub use catalog::APPS;

/// An app; the cluster's objects are worked out from it.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// Its name and that of most of its objects.
    pub name: &'static str,
    /// Where it runs; grown companies have more of these.
    pub namespace: &'static str,
    /// What it is a part of.
    pub part_of: &'static str,
    /// The team that answers for it.
    pub team: &'static str,
    /// `frontend`, `backend`, `data`, `batch` or `platform`.
    pub tier: &'static str,
    /// What keeps its pods.
    pub runs: Runs,
    /// What is rolled out.
    pub version: &'static str,
    /// What was rolled out before.
    pub before: &'static str,
    /// The port it serves; 0 for none.
    pub port: u16,
    /// What a pod requests; its limits are twice as much memory, and no CPU limit in most.
    pub cpu_millis: u32,
    /// What a pod requests, in mebibytes.
    pub mem_mib: u32,
    /// The nodes it may run on.
    pub pool: Pool,
    /// Whether a mesh's sidecar runs beside it.
    pub meshed: bool,
    /// The host name under which the world reaches it.
    pub host: Option<&'static str>,
    /// The least and most replicas of its autoscaler.
    pub scales: Option<(u32, u32)>,
    /// How its log reads.
    pub voice: Voice,
    /// What is wrong with it.
    pub trouble: Option<Trouble>,
}

/// What keeps an app's pods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Runs {
    /// So many replicas of a Deployment.
    Deployment(u32),
    /// So many replicas of a StatefulSet, each with a volume of so many gibibytes.
    StatefulSet(u32, u32),
    /// One pod on every node.
    DaemonSet,
    /// A Job of so many completions.
    Job(u32),
    /// A Job on a schedule, which takes so many seconds.
    CronJob(&'static str, i64),
}

/// A group of nodes of one make.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Pool {
    /// For everything that asks for nothing special.
    General,
    /// For databases: more memory, and a taint that keeps others away.
    Data,
    /// For batch work: cheap, may go away.
    Batch,
}

impl Pool {
    /// As nodes and selectors name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Data => "data",
            Self::Batch => "batch",
        }
    }

    /// The taint on its nodes, for the key `example.com/dedicated`.
    pub const fn taint(self) -> Option<&'static str> {
        match self {
            Self::General => None,
            Self::Data => Some("data"),
            Self::Batch => Some("batch"),
        }
    }
}

impl App {
    /// An app with everything but its own words left at the usual.
    const fn new(name: &'static str, namespace: &'static str, team: &'static str, runs: Runs) -> Self {
        Self {
            name,
            namespace,
            part_of: namespace,
            team,
            tier: "backend",
            runs,
            version: "1.0.0",
            before: "1.0.0",
            port: 0,
            cpu_millis: 200,
            mem_mib: 256,
            pool: Pool::General,
            meshed: false,
            host: None,
            scales: None,
            voice: Voice::Service,
            trouble: None,
        }
    }

    const fn version(self, version: &'static str, before: &'static str) -> Self {
        Self { version, before, ..self }
    }

    const fn tier(self, tier: &'static str) -> Self {
        Self { tier, ..self }
    }

    const fn serves(self, port: u16) -> Self {
        Self { port, ..self }
    }

    const fn asks(self, cpu_millis: u32, mem_mib: u32) -> Self {
        Self { cpu_millis, mem_mib, ..self }
    }

    const fn on(self, pool: Pool) -> Self {
        Self { pool, ..self }
    }

    const fn meshed(self) -> Self {
        Self { meshed: true, ..self }
    }

    const fn at(self, host: &'static str) -> Self {
        Self { host: Some(host), ..self }
    }

    const fn scales(self, least: u32, most: u32) -> Self {
        Self { scales: Some((least, most)), ..self }
    }

    const fn says(self, voice: Voice) -> Self {
        Self { voice, ..self }
    }

    const fn suffers(self, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..self }
    }
}
