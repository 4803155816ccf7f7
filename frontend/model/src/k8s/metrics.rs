//! `metrics.k8s.io/v1beta1`: what nodes and pods use now.

use super::json::{List, Pairs};
use super::meta::ObjectMeta;
use super::projection::{self, fields};
use super::resources::Resources;

/// The usage of one node or, summed over its containers, of one pod.
#[derive(Clone, Debug, Default)]
pub struct Metrics<'a> {
    /// The name (and namespace) of what was measured.
    pub metadata: ObjectMeta<'a>,
    /// Of a node.
    usage: Pairs<'a>,
    /// Of a pod.
    containers: List<ContainerMetrics<'a>>,
}

/// The usage of one container.
#[derive(Clone, Debug, Default)]
struct ContainerMetrics<'a> {
    usage: Pairs<'a>,
}

fields! {
    Metrics<'de> {
        "metadata": metadata,
        "usage": usage,
        "containers": containers,
    }
    ContainerMetrics<'de> {
        "usage": usage,
    }
}

/// The field mask of what is read of a reading.
pub fn mask() -> String {
    projection::mask::<Metrics<'_>>()
}

impl Metrics<'_> {
    /// CPU and memory in use; the API measures no disk.
    pub fn usage(&self) -> Resources {
        self.containers
            .iter()
            .map(|c| Resources::from_pairs(&c.usage))
            .fold(Resources::from_pairs(&self.usage), Resources::plus)
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;
    use crate::k8s::projection::read;

    #[test]
    fn a_pods_usage_is_the_sum_of_its_containers() {
        let json = r#"{"metadata":{"name":"a","namespace":"b"},"containers":[
            {"name":"x","usage":{"cpu":"12345678n","memory":"10Mi"}},{"name":"y","usage":{"cpu":"1m","memory":"1Ki"}}]}"#;
        let usage = read::<Metrics>(json.as_bytes()).unwrap().usage();
        assert_eq!((usage.cpu_millis, usage.mem_bytes), (14, 10 * 1024 * 1024 + 1024));
    }
}
