//! A node's object and its lease, as its kubelet and the cloud's controller write them.

use serde_json::{Value, json};

use super::super::app::{APPS, Pool};
use super::super::draft::Draft;
use super::super::identity::digest;
use super::super::moment::Moment;
use super::super::origin::Origin;
use super::super::trouble::{BACK_SINCE_S, NodeTrouble};
use super::Node;

/// The version of every kubelet.
const VERSION: &str = "v1.37.2";

impl Node {
    /// The node's object.
    pub fn object(&self, origin: &Origin, pulled: &PulledImages) -> Value {
        let created = origin.ago(&format!("node/{}", self.name), 5 * 86_400, 60 * 86_400);
        let annotations = json!({
            "csi.volume.kubernetes.io/nodeid": format!("{{\"csi.example.com\":\"i-{:08x}\"}}", self.number + 0x1a2b_3c4d),
            "node.alpha.kubernetes.io/ttl": "0",
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        });
        Draft::new(origin, "v1", "Node", "", &self.name, created)
            .labels(self.labels())
            .meta("annotations", annotations)
            .with("spec", self.spec(created))
            .by("cloud-controller-manager", &["spec"])
            .by("kubelet", &["metadata"])
            .status_by("kubelet", self.status(origin, created, pulled))
            .done()
    }

    /// The proof that its kubelet was alive at `renewed`.
    pub fn lease(&self, origin: &Origin, renewed: Moment) -> Value {
        let created = origin.ago(&format!("node/{}", self.name), 5 * 86_400, 60 * 86_400);
        let owner = json!([{"apiVersion": "v1", "kind": "Node", "name": self.name, "uid": self.uid(origin)}]);
        let spec = json!({
            "holderIdentity": self.name,
            "leaseDurationSeconds": 40,
            "renewTime": renewed.micros(u64::from(self.number) * 7919),
        });
        Draft::new(origin, "coordination.k8s.io/v1", "Lease", "kube-node-lease", &self.name, created)
            .meta("ownerReferences", owner)
            .with("spec", spec)
            .by("kubelet", &["metadata", "spec"])
            .done()
    }

    fn labels(&self) -> Value {
        let instance = self.instance_type();
        let zone = format!("eu-central-1{}", self.zone);
        json!({
            "beta.kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            "example.com/capacity": if self.pool == Pool::Batch { "spot" } else { "on-demand" },
            "example.com/pool": self.pool.name(),
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "node.kubernetes.io/instance-type": instance,
            "topology.kubernetes.io/region": "eu-central-1",
            "topology.kubernetes.io/zone": zone,
        })
    }

    fn instance_type(&self) -> String {
        let family = match self.pool {
            Pool::General => "m7",
            Pool::Data => "r7",
            Pool::Batch => "c7",
        };
        format!("{family}.{}xlarge", 4 * self.scale)
    }

    fn spec(&self, created: Moment) -> Value {
        let mut taints = Vec::new();
        if let Some(value) = self.pool.taint() {
            taints.push(json!({"effect": "NoSchedule", "key": "example.com/dedicated", "value": value}));
        }
        let by_trouble = match self.trouble {
            Some(NodeTrouble::MemoryPressure) => Some("node.kubernetes.io/memory-pressure"),
            Some(NodeTrouble::Cordoned) => Some("node.kubernetes.io/unschedulable"),
            Some(NodeTrouble::Flapping) | None => None,
        };
        taints.extend(
            by_trouble
                .map(|key| json!({"effect": "NoSchedule", "key": key, "timeAdded": (created + 86_400).to_string()})),
        );
        let cidr = format!("10.{}.{}.0/24", 64 + self.number / 256, self.number % 256);
        let provider = format!("cloud:///eu-central-1{}/i-{:08x}", self.zone, self.number + 0x1a2b_3c4d);
        let mut spec = json!({"podCIDR": cidr, "podCIDRs": [cidr], "providerID": provider});
        if let Some(spec) = spec.as_object_mut() {
            if !taints.is_empty() {
                spec.insert("taints".to_owned(), taints.into());
            }
            if self.trouble == Some(NodeTrouble::Cordoned) {
                spec.insert("unschedulable".to_owned(), true.into());
            }
        }
        spec
    }

    fn status(&self, origin: &Origin, created: Moment, pulled: &PulledImages) -> Value {
        let machine = origin.uid("machine", "", &self.name);
        let (cpu_millis, mem_mib) = self.allocatable();
        let capacity = json!({
            "cpu": self.cores().to_string(),
            "ephemeral-storage": "209702892Ki",
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
            "memory": format!("{}Ki", u64::from(self.mem_gib()) * 1024 * 1024 - 262_144),
            "pods": self.most_pods().to_string(),
        });
        let allocatable = json!({
            "cpu": format!("{cpu_millis}m"),
            "ephemeral-storage": "192188443124",
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
            "memory": format!("{}Ki", u64::from(mem_mib) * 1024),
            "pods": self.most_pods().to_string(),
        });
        let mut status = json!({
            "addresses": [
                {"address": self.address(), "type": "InternalIP"},
                {"address": self.name, "type": "Hostname"},
            ],
            "allocatable": allocatable,
            "capacity": capacity,
            "conditions": self.conditions(origin, created),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10_250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": origin.uid("boot", "", &self.name),
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.41",
                "kubeProxyVersion": "",
                "kubeletVersion": VERSION,
                "machineID": machine.replace('-', ""),
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": machine,
            },
        });
        if let Some(status) = status.as_object_mut() {
            status.insert("images".to_owned(), pulled.on(self.pool));
        }
        status
    }

    fn conditions(&self, origin: &Origin, created: Moment) -> Value {
        let condition = |kind: &str, status: &str, reason: &str, message: &str, since: Moment| {
            json!({
                "lastHeartbeatTime": (origin.now - i64::from(self.number % 290)).to_string(),
                "lastTransitionTime": since.to_string(),
                "message": message,
                "reason": reason,
                "status": status,
                "type": kind,
            })
        };
        let short = self.trouble == Some(NodeTrouble::MemoryPressure);
        let memory = if short {
            let message = "kubelet has insufficient memory available";
            condition("MemoryPressure", "True", "KubeletHasInsufficientMemory", message, origin.now - 1260)
        } else {
            let message = "kubelet has sufficient memory available";
            condition("MemoryPressure", "False", "KubeletHasSufficientMemory", message, created)
        };
        let disk = "kubelet has no disk pressure";
        let processes = "kubelet has sufficient PID available";
        let flapped = self.trouble == Some(NodeTrouble::Flapping);
        let ready_since = if flapped { origin.now - BACK_SINCE_S } else { created + 31 };
        json!([
            memory,
            condition("DiskPressure", "False", "KubeletHasNoDiskPressure", disk, created),
            condition("PIDPressure", "False", "KubeletHasSufficientPID", processes, created),
            condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", ready_since),
        ])
    }
}

/// The images that the nodes of each pool have pulled; worked out once, since they are many.
#[derive(Debug)]
pub struct PulledImages([(Pool, Value); 3]);

impl Default for PulledImages {
    fn default() -> Self {
        Self([Pool::General, Pool::Data, Pool::Batch].map(|pool| (pool, images(pool))))
    }
}

impl PulledImages {
    fn on(&self, pool: Pool) -> Value {
        self.0.iter().find(|(of, _)| *of == pool).map_or(Value::Null, |(_, images)| images.clone())
    }
}

fn images(pool: Pool) -> Value {
    let apps = APPS.iter().filter(|app| app.pool == pool).take(12);
    let images = apps.map(|app| {
        let repository = format!("registry.example.com/{}/{}", app.part_of, app.name);
        let mut random = crate::random::Random::named(0, &repository);
        let digest = digest(&mut random);
        json!({
            "names": [format!("{repository}@sha256:{digest}"), format!("{repository}:{}", app.version)],
            "sizeBytes": 18_000_000 + random.below(240_000_000),
        })
    });
    images.collect()
}
