//! Requests and limits of a pod, counted as the scheduler and `kubectl describe node` count them.

use super::json::{Pairs, Text};
use super::pod::{Container, PodSpec};
use super::projection::fields;
use crate::quantity;

/// A list of resource quantities by name.
#[derive(Clone, Debug, Default)]
pub struct ResourceRequirements<'a> {
    /// What the scheduler reserves.
    pub requests: Pairs<'a>,
    /// What the kubelet enforces.
    pub limits: Pairs<'a>,
}

/// Amounts of the three resources that the charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Resources {
    /// Thousandths of a core.
    pub cpu_millis: u64,
    /// Bytes.
    pub mem_bytes: u64,
    /// Bytes of ephemeral storage.
    pub disk_bytes: u64,
}

fields! {
    ResourceRequirements<'de> {
        "requests" = 2 quantities: requests,
        "limits" = 1 quantities: limits,
    }
}

impl Resources {
    /// Reads `cpu`, `memory` and `ephemeral-storage`; what does not parse counts as nothing.
    pub fn from_pairs(pairs: &Pairs<'_>) -> Self {
        let mut out = Self::default();
        for (name, value) in &pairs.0 {
            match &**name {
                "cpu" => out.cpu_millis = quantity::cpu_millis(value).unwrap_or(0),
                "memory" => out.mem_bytes = quantity::whole(value).unwrap_or(0),
                "ephemeral-storage" => out.disk_bytes = quantity::whole(value).unwrap_or(0),
                _ => {}
            }
        }
        out
    }

    /// The sum, saturating.
    pub fn plus(self, other: Self) -> Self {
        self.zip(other, u64::saturating_add)
    }

    /// The difference, never below zero.
    pub fn minus(self, other: Self) -> Self {
        self.zip(other, u64::saturating_sub)
    }

    /// So many of it, saturating.
    pub fn times(self, count: u32) -> Self {
        let count = u64::from(count);
        self.zip(self, |amount, _| amount.saturating_mul(count))
    }

    /// The larger of each.
    pub fn max(self, other: Self) -> Self {
        self.zip(other, u64::max)
    }

    fn zip(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            cpu_millis: f(self.cpu_millis, other.cpu_millis),
            mem_bytes: f(self.mem_bytes, other.mem_bytes),
            disk_bytes: f(self.disk_bytes, other.disk_bytes),
        }
    }
}

/// What a pod asks for: the larger of what its containers need while running and what its init containers need on
/// the way, sidecars (restartable init containers, KEP-753) running along with both; then pod-level resources
/// (KEP-2837) instead where they are given, and the overhead of the runtime class (KEP-688) on top.
pub fn pod_requests(spec: &PodSpec<'_>) -> Resources {
    pod_total(spec, |r| &r.requests).plus(Resources::from_pairs(&spec.overhead))
}

/// What a pod may use at most, by the same rule. A container without a limit adds nothing, and the overhead limits nothing that has no
/// limit without it.
pub fn pod_limits(spec: &PodSpec<'_>) -> Resources {
    let limited = pod_total(spec, |r| &r.limits);
    limited.zip(
        Resources::from_pairs(&spec.overhead),
        |limit, overhead| {
            if limit > 0 { limit.saturating_add(overhead) } else { 0 }
        },
    )
}

fn pod_total<'s, 'a: 's>(
    spec: &'s PodSpec<'a>,
    which: impl Fn(&'s ResourceRequirements<'a>) -> &'s Pairs<'a>,
) -> Resources {
    let of = |c: &'s Container<'a>| Resources::from_pairs(which(&c.resources));
    let mut running = spec.containers.iter().map(of).fold(Resources::default(), Resources::plus);
    let mut sidecars = Resources::default();
    let mut starting = Resources::default();
    for container in spec.init_containers.iter() {
        let needs = of(container);
        if container.is_sidecar() {
            sidecars = sidecars.plus(needs);
            starting = starting.max(sidecars);
        } else {
            starting = starting.max(sidecars.plus(needs));
        }
    }
    running = running.plus(sidecars).max(starting);
    let mut total = running;
    for (name, value) in &which(&spec.resources).0 {
        overwrite(&mut total, name, value);
    }
    total
}

fn overwrite(total: &mut Resources, name: &Text<'_>, value: &Text<'_>) {
    match &**name {
        "cpu" => total.cpu_millis = quantity::cpu_millis(value).unwrap_or(total.cpu_millis),
        "memory" => total.mem_bytes = quantity::whole(value).unwrap_or(total.mem_bytes),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{pod_limits, pod_requests};
    use crate::k8s::pod::PodSpec;
    use crate::k8s::projection::read;

    fn check(spec: &str, cpu_millis: u64) {
        let spec: PodSpec = read(spec.as_bytes()).unwrap();
        assert_eq!(pod_requests(&spec).cpu_millis, cpu_millis);
    }

    #[test]
    fn requests_are_those_the_scheduler_counts() {
        check(r#"{}"#, 0);
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}},{"resources":{"requests":{"cpu":"1"}}}]}"#,
            1100,
        );
        // An init container that needs more than all containers together decides.
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],"initContainers":[{"resources":{"requests":{"cpu":"2"}}}]}"#,
            2000,
        );
        // A sidecar runs along with both.
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],
                "initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"50m"}}},{"resources":{"requests":{"cpu":"2"}}}]}"#,
            2050,
        );
        check(r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],"overhead":{"cpu":"250m"}}"#, 350);
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],"resources":{"requests":{"cpu":"3"}}}"#,
            3000,
        );
    }

    #[test]
    fn the_overhead_of_a_pod_without_limits_is_no_limit() {
        let spec =
            r#"{"containers":[{"resources":{"limits":{"memory":"64Mi"}}}],"overhead":{"cpu":"250m","memory":"32Mi"}}"#;
        let limits = pod_limits(&read(spec.as_bytes()).unwrap());
        assert_eq!((limits.cpu_millis, limits.mem_bytes), (0, 96 << 20));
    }
}
