//! What pods use, from metrics.k8s.io: a column that each reading renews. "No data" is never zero.

use super::Pods;
use crate::k8s::metrics::Metrics;
use crate::k8s::projection::read;
use crate::k8s::resources::Resources;
use crate::store::column::Column;
use crate::store::names::Names;
use crate::store::rows::RowNumber;

/// The usage of each pod, as of the last reading.
#[derive(Debug, Default)]
pub(super) struct PodUsage {
    samples: Column<Sample>,
    /// The reading that began last, from 1 on.
    begun: u32,
    /// The reading that ended last; what it did not see is unknown.
    ended: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    /// The reading that saw it; none is 0.
    reading: u32,
    cpu_millis: u32,
    mem_bytes: u64,
}

impl PodUsage {
    pub(super) fn get(&self, row: RowNumber) -> Option<Resources> {
        let Sample { reading, cpu_millis, mem_bytes } = self.samples.get(row);
        let known = reading > 0 && reading >= self.ended;
        known.then_some(Resources { cpu_millis: cpu_millis.into(), mem_bytes, disk_bytes: 0 })
    }

    /// The row is another pod's from now on.
    pub(super) fn forget(&mut self, row: RowNumber) {
        if self.samples.get(row).reading > 0 {
            self.samples.set(row, Sample::default());
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.samples.bytes()
    }
}

impl Pods {
    /// The reading that usage is of; none while one is on its way, since its samples replace the old ones one by one.
    pub fn usage_reading(&self) -> Option<u32> {
        (self.usage.begun == self.usage.ended).then_some(self.usage.ended)
    }

    /// Begins to read usage; what is known stays until the reading ends.
    pub fn begin_usage(&mut self) {
        self.usage.begun += 1;
    }

    /// Takes in one item of the list; what cannot be read, and a pod that is not there, stays unknown.
    pub fn add_usage(&mut self, json: &[u8], names: &Names) {
        let Ok(metrics) = read::<Metrics<'_>>(json) else { return };
        let namespace = names.find(&metrics.metadata.namespace);
        let pod = namespace.and_then(|namespace| self.by_name(namespace, &metrics.metadata.name));
        if let Some(row) = pod.map(super::PodView::number) {
            let used = metrics.usage();
            let cpu_millis = u32::try_from(used.cpu_millis).unwrap_or(u32::MAX);
            let sample = Sample { reading: self.usage.begun, cpu_millis, mem_bytes: used.mem_bytes };
            self.usage.samples.set(row, sample);
        }
    }

    /// Ends the reading: what it did not see is unknown.
    pub fn end_usage(&mut self) {
        self.usage.ended = self.usage.begun;
    }
}

#[cfg(test)]
mod tests {
    use crate::overview::fixture;

    #[test]
    fn usage_is_that_of_the_last_reading_and_goes_with_the_pod() {
        let mut store = fixture::store([], ["a", "b"].map(|name| fixture::pod(name, "x").json()));
        let pods = &mut store.pods;
        let used = |pods: &super::Pods| {
            let used = |row| pods.get(row).and_then(|pod| pod.usage()).map(|used| used.cpu_millis);
            [used(0), used(1)]
        };
        let sample = |name: &str, cpu: &str| {
            format!(
                r#"{{"metadata":{{"name":"{name}","namespace":"x"}},"containers":[{{"usage":{{"cpu":"{cpu}"}}}}]}}"#
            )
        };
        assert_eq!(used(pods), [None, None]);
        pods.begin_usage();
        for (name, cpu) in [("a", "10m"), ("b", "0"), ("elsewhere", "7m")] {
            pods.add_usage(sample(name, cpu).as_bytes(), &store.names);
        }
        pods.end_usage();
        assert_eq!(used(pods), [Some(10), Some(0)]);
        pods.begin_usage();
        pods.add_usage(sample("b", "5m").as_bytes(), &store.names);
        assert_eq!(used(pods), [Some(10), Some(5)], "what is known stays while it is read");
        pods.end_usage();
        assert_eq!(used(pods), [None, Some(5)]);
        // Its row is used again, by a pod that nobody has measured.
        pods.delete(fixture::pod("b", "x").json().to_string().as_bytes());
        pods.upsert(fixture::pod("c", "x").json().to_string().as_bytes(), &mut store.names);
        assert_eq!(used(pods), [None, None]);
        pods.begin_usage();
        for odd in ["", "[]", r#"{"metadata":{"name":"c","namespace":"nowhere"}}"#] {
            pods.add_usage(odd.as_bytes(), &store.names);
        }
        pods.end_usage();
        assert_eq!(used(pods), [None, None]);
    }
}
