//! Who works in the company: its apps, multiplied until there are as many pods as were asked for.

use super::app::{APPS, App, Pool, Runs};
use super::node::Node;
use super::origin::Origin;
use super::trouble::Trouble;
use super::workload::Workload;

/// The nodes, namespaces and workloads of a company.
#[derive(Clone, Debug)]
pub struct Roster {
    /// Its machines.
    pub nodes: Vec<Node>,
    /// Its namespaces, with the team of each.
    pub namespaces: Vec<(String, &'static str)>,
    /// Its apps, in every cell.
    pub workloads: Vec<Workload>,
}

/// Namespaces of which there is one, however large the company.
const SHARED: [(&str, &str); 3] =
    [("kube-system", "platform"), ("platform", "platform"), ("monitoring", "observability")];
/// Namespaces of which a grown company has one for each country.
const CELLS: [(&str, &str); 5] =
    [("shop", "web"), ("payments", "payments"), ("search", "search"), ("data", "data"), ("batch", "fulfilment")];
const COUNTRIES: [&str; 27] = [
    "at", "be", "bg", "ch", "cz", "de", "dk", "ee", "es", "fi", "fr", "gb", "gr", "hr", "hu", "ie", "it", "lt", "lu",
    "lv", "nl", "no", "pl", "pt", "ro", "se", "si",
];

impl Roster {
    /// A company of so many nodes and pods. It is never smaller than its daemons and one pod of each shared app.
    pub fn new(origin: &Origin, nodes: u32, pods: u32) -> Self {
        let fleet = Node::fleet(nodes, pods);
        let shared = |app: &&App| SHARED.iter().any(|(namespace, _)| *namespace == app.namespace);
        let daemons = count(APPS.iter().filter(|app| app.runs == Runs::DaemonSet)) * nodes;
        let shared_growth = (f64::from(nodes) / 12.0).sqrt().max(1.0);
        let mut workloads = Vec::new();
        for app in APPS.iter().filter(shared) {
            let replicas = grown(replicas(app), shared_growth).max(1);
            workloads.push(workload(origin, app, 0, if app.runs == Runs::DaemonSet { nodes } else { replicas }));
        }
        let before: u32 = workloads.iter().map(Workload::pods).sum();
        debug_assert!(before >= daemons, "daemons are among the shared apps");
        let base: u32 =
            APPS.iter().filter(|app| !shared(app)).map(|app| workload(origin, app, 0, replicas(app)).pods()).sum();
        let ratio = f64::from(pods.saturating_sub(before)) / f64::from(base.max(1));
        let cells = grown(1, ratio.sqrt()).clamp(1, count(COUNTRIES.iter()) + 1);
        let growth = Growth::of(ratio / f64::from(cells));
        // What is cut off one app's replicas is given to the next one's.
        let mut owed = 0.0;
        for cell in 0..cells {
            for app in APPS.iter().filter(|app| !shared(app)) {
                owed += f64::from(replicas(app)) * growth.factor(app);
                let given = grown(1, owed);
                owed -= f64::from(given);
                workloads.push(workload(origin, app, cell, given));
            }
        }
        level(&mut workloads, pods);
        let has_pools = fleet.iter().any(|node| node.pool != Pool::General);
        for workload in workloads.iter_mut().filter(|_| !has_pools) {
            workload.pool = Pool::General;
        }
        let in_cells = (0..cells).flat_map(|cell| CELLS.map(|(name, team)| (namespace(name, cell), team)));
        let standard = [("default", "platform"), ("kube-public", "platform"), ("kube-node-lease", "platform")];
        let namespaces = standard.iter().chain(&SHARED).map(|(name, team)| ((*name).to_owned(), *team));
        Self { nodes: fleet, namespaces: namespaces.chain(in_cells).collect(), workloads }
    }
}

/// How many times as many replicas there are in a cell of a grown company.
struct Growth {
    sets: f64,
    deployments: f64,
}

impl Growth {
    /// Databases grow slower than what uses them, which makes up for it.
    fn of(growth: f64) -> Self {
        let sum = |wanted: fn(&Runs) -> bool| -> f64 {
            let apps = APPS.iter().filter(|app| CELLS.iter().any(|(namespace, _)| *namespace == app.namespace));
            apps.filter(|app| wanted(&app.runs)).map(|app| f64::from(replicas(app))).sum()
        };
        let in_sets = sum(|runs| matches!(runs, Runs::StatefulSet(..)));
        let in_deployments = sum(|runs| matches!(runs, Runs::Deployment(_)));
        let sets = growth.min(growth.sqrt());
        Self { sets, deployments: growth + (growth - sets) * in_sets / in_deployments }
    }

    fn factor(&self, app: &App) -> f64 {
        if matches!(app.runs, Runs::StatefulSet(..)) { self.sets } else { self.deployments }
    }
}

/// Lets the first apps without troubles make up for what is missing or too much.
fn level(workloads: &mut [Workload], pods: u32) {
    let now: u32 = workloads.iter().map(Workload::pods).sum();
    let (mut missing, mut surplus) = (pods.saturating_sub(now), now.saturating_sub(pods));
    let can = |workload: &&mut Workload| {
        matches!(workload.app.runs, Runs::Deployment(_))
            && workload.trouble.is_none()
            && workload.app.tier != "platform"
    };
    for workload in workloads.iter_mut().filter(can) {
        let less = surplus.min(workload.replicas.saturating_sub(1));
        workload.replicas = workload.replicas - less + missing;
        surplus -= less;
        missing = 0;
    }
}

fn workload(origin: &Origin, app: &'static App, cell: u32, replicas: u32) -> Workload {
    let namespace = namespace(app.namespace, cell);
    let subject = format!("{namespace}/{}", app.name);
    // In further cells each trouble is rarer.
    let spared = cell > 0 && origin.random(&subject).below(5) > 0;
    let trouble = app.trouble.filter(|_| replicas > 0 && !spared);
    let age_s = match trouble {
        Some(Trouble::RollingOut) => Some(95),
        Some(Trouble::MissingImage) => Some(26 * 60),
        Some(Trouble::FullQuota) => Some(41 * 60),
        Some(Trouble::StuckRollout) => Some(47 * 60),
        Some(Trouble::FailingProbe) => Some(68 * 60),
        Some(Trouble::PastDeadline) => Some(55 * 60),
        Some(Trouble::WaitingVolume) => Some(2 * 3600),
        Some(Trouble::CrashLoop) => Some(3 * 3600),
        Some(Trouble::Unschedulable) => Some(5 * 3600),
        Some(Trouble::OutOfMemory) => Some(9 * 3600),
        Some(Trouble::AtMostReplicas) | None => None,
    };
    let rolled_out = age_s.map_or_else(|| origin.ago(&subject, 3600, 6 * 86_400), |age_s| origin.now - age_s);
    Workload {
        app,
        replicas,
        trouble,
        pool: app.pool,
        created: origin.ago(&format!("created/{subject}"), 10 * 86_400, 60 * 86_400),
        rolled_out,
        namespace,
    }
}

/// The namespace of a cell; the first one is at home everywhere.
fn namespace(name: &str, cell: u32) -> String {
    let country = cell.checked_sub(1).and_then(|cell| COUNTRIES.get(usize::try_from(cell).ok()?));
    country.map_or_else(|| name.to_owned(), |country| format!("{name}-{country}"))
}

/// The replicas of an app before the company grows.
pub fn replicas(app: &App) -> u32 {
    match app.runs {
        Runs::Deployment(replicas) | Runs::StatefulSet(replicas, _) => replicas,
        Runs::Job(_) | Runs::CronJob(..) | Runs::DaemonSet => 1,
    }
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

fn grown(number: u32, factor: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float beyond u32 becomes its end")]
    let grown = (f64::from(number) * factor) as u32;
    grown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::moment::Moment;

    const ORIGIN: Origin = Origin { seed: 1, now: Moment(1_800_000_000) };

    #[test]
    fn there_are_as_many_pods_as_were_asked_for() {
        let check = |nodes, pods| {
            let roster = Roster::new(&ORIGIN, nodes, pods);
            assert_eq!(roster.workloads.iter().map(Workload::pods).sum::<u32>(), pods, "{nodes} nodes");
            assert_eq!(roster.nodes.len(), nodes as usize);
        };
        check(12, 300);
        check(3, 300);
        check(12, 200);
        check(100, 3000);
        check(5000, 150_000);
    }

    #[test]
    fn the_default_company_has_all_troubles_and_eight_namespaces_with_pods() {
        let roster = Roster::new(&ORIGIN, 12, 300);
        let wanted = APPS.iter().filter(|app| app.trouble.is_some()).count();
        assert_eq!(roster.workloads.iter().filter(|workload| workload.trouble.is_some()).count(), wanted);
        let namespaces: std::collections::HashSet<_> = roster.workloads.iter().map(|it| &it.namespace).collect();
        assert_eq!(namespaces.len(), 8);
    }

    #[test]
    fn a_large_company_has_more_namespaces_and_not_all_troubles_everywhere() {
        let roster = Roster::new(&ORIGIN, 5000, 150_000);
        assert!(roster.namespaces.len() > 100, "{}", roster.namespaces.len());
        let looping = roster.workloads.iter().filter(|it| it.trouble == Some(Trouble::CrashLoop)).count();
        assert!((2..20).contains(&looping), "{looping}");
    }
}
