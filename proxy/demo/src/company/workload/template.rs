//! The template of a workload's pods, with what the API server fills in.

use serde_json::{Map, Value, json};

use super::super::app::Runs;
use super::super::quantity::{cpu, memory};
use super::super::trouble::Trouble;
use super::{QUOTA, Workload};

impl Workload {
    /// The template at a version.
    pub fn template(&self, version: &str) -> Value {
        let app = self.app;
        let mut spec = json!({
            "containers": self.containers(version),
            "dnsPolicy": if self.is_host_agent() { "ClusterFirstWithHostNet" } else { "ClusterFirst" },
            "restartPolicy": if self.is_batch_run() { "Never" } else { "Always" },
            "schedulerName": "default-scheduler",
            "securityContext": {"fsGroup": 1000},
            "serviceAccount": app.name,
            "serviceAccountName": app.name,
            "terminationGracePeriodSeconds": if app.tier == "data" { 60 } else { 30 },
            "volumes": self.volumes(),
        });
        if let Some(spec) = spec.as_object_mut() {
            self.place(spec);
        }
        json!({"metadata": {"labels": self.labels(version)}, "spec": spec})
    }

    /// Whether it is part of the node it runs on.
    pub(super) fn is_host_agent(&self) -> bool {
        self.app.runs == Runs::DaemonSet && self.app.name != "log-agent"
    }

    fn is_batch_run(&self) -> bool {
        matches!(self.app.runs, Runs::Job(_) | Runs::CronJob(..))
    }

    fn containers(&self, version: &str) -> Value {
        let mut containers = vec![self.main_container(version)];
        if self.app.meshed {
            containers.push(mesh_proxy());
        }
        containers.into()
    }

    fn main_container(&self, version: &str) -> Value {
        let app = self.app;
        let mut requests = json!({"cpu": cpu(app.cpu_millis), "memory": memory(app.mem_mib.into())});
        let mut limits = json!({"memory": memory(u64::from(app.mem_mib) * 2)});
        if self.trouble == Some(Trouble::Unschedulable) {
            for list in [&mut requests, &mut limits].into_iter().filter_map(Value::as_object_mut) {
                list.insert("example.com/gpu".to_owned(), "4".into());
            }
        }
        let mut container = json!({
            "env": self.env(version),
            "image": self.image(version),
            "imagePullPolicy": "IfNotPresent",
            "name": app.name,
            "resources": {"limits": limits, "requests": requests},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
            "volumeMounts": self.mounts(),
        });
        let Some(members) = container.as_object_mut() else { return container };
        if app.tier != "platform" {
            let credentials = json!([{"secretRef": {"name": format!("{}-credentials", app.name)}}]);
            members.insert("envFrom".to_owned(), credentials);
        }
        if app.port != 0 {
            members.insert("ports".to_owned(), self.ports());
            let check = if app.tier == "data" {
                json!({"tcpSocket": {"port": "client"}})
            } else {
                json!({"httpGet": {"path": "/healthz/ready", "port": "http", "scheme": "HTTP"}})
            };
            members.insert("readinessProbe".to_owned(), probe(check));
        }
        container
    }

    fn ports(&self) -> Value {
        let port = |number: u16, name: &str| {
            let mut port = json!({"containerPort": number, "name": name, "protocol": "TCP"});
            if let Some(members) = port.as_object_mut().filter(|_| self.is_host_agent()) {
                members.insert("hostPort".to_owned(), number.into());
            }
            port
        };
        json!([port(self.app.port, if self.app.tier == "data" { "client" } else { "http" })])
    }

    fn env(&self, version: &str) -> Value {
        let mut env = Vec::new();
        if self.trouble == Some(Trouble::StuckRollout) && version == self.app.version {
            let key = json!({"key": "key", "name": format!("{}-signing-key", self.app.name)});
            env.push(json!({"name": "SIGNING_KEY", "valueFrom": {"secretKeyRef": key}}));
        }
        env.into()
    }

    fn mounts(&self) -> Value {
        let mut mounts = vec![json!({"mountPath": "/etc/app", "name": "config"})];
        if let Runs::StatefulSet(..) = self.app.runs {
            mounts.push(json!({"mountPath": "/var/lib/data", "name": "data"}));
        }
        if self.app.runs == Runs::DaemonSet {
            mounts.push(json!({"mountPath": "/host", "name": "host", "readOnly": true}));
        }
        mounts.into()
    }

    fn volumes(&self) -> Value {
        let mut volumes = vec![
            json!({"configMap": {"defaultMode": 420, "name": format!("{}-config", self.app.name)}, "name": "config"}),
        ];
        if self.app.runs == Runs::DaemonSet {
            volumes.push(json!({"hostPath": {"path": "/var", "type": "Directory"}, "name": "host"}));
        }
        volumes.into()
    }

    /// Where its pods may run, and what they may push aside.
    fn place(&self, spec: &mut Map<String, Value>) {
        if self.app.runs == Runs::DaemonSet {
            spec.insert("tolerations".to_owned(), json!([{"operator": "Exists"}]));
            spec.insert("priorityClassName".to_owned(), "system-node-critical".into());
            if self.is_host_agent() {
                spec.insert("hostNetwork".to_owned(), true.into());
            }
            return;
        }
        if self.app.namespace == "kube-system" {
            spec.insert("priorityClassName".to_owned(), "system-cluster-critical".into());
        } else if self.trouble == Some(Trouble::FullQuota) {
            spec.insert("priorityClassName".to_owned(), QUOTA.into());
            spec.insert("priority".to_owned(), (-100).into());
        } else if self.app.tier == "data" || self.app.tier == "frontend" {
            spec.insert("priorityClassName".to_owned(), "business-critical".into());
            spec.insert("priority".to_owned(), 100_000.into());
        }
        if let Some(taint) = self.pool.taint() {
            spec.insert("nodeSelector".to_owned(), json!({"example.com/pool": self.pool.name()}));
            let toleration = json!([{
                "effect": "NoSchedule",
                "key": "example.com/dedicated",
                "operator": "Equal",
                "value": taint,
            }]);
            spec.insert("tolerations".to_owned(), toleration);
        }
        if self.app.tier == "data" {
            let spread = json!([{
                "labelSelector": {"matchLabels": self.selector()},
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
            }]);
            spec.insert("topologySpreadConstraints".to_owned(), spread);
        }
    }
}

/// A probe that makes this check.
fn probe(mut check: Value) -> Value {
    if let Some(members) = check.as_object_mut() {
        let numbers =
            [("failureThreshold", 3), ("initialDelaySeconds", 5), ("periodSeconds", 5), ("successThreshold", 1)];
        members.extend(numbers.map(|(name, number)| (name.to_owned(), number.into())));
        members.insert("timeoutSeconds".to_owned(), 2.into());
    }
    check
}

/// The mesh's container beside an app's own.
fn mesh_proxy() -> Value {
    json!({
        "args": ["sidecar", "--control", "mesh-control.platform.svc:15012", "--log-level", "warning"],
        "image": "registry.example.com/platform/mesh-proxy:1.26.2",
        "imagePullPolicy": "IfNotPresent",
        "name": "mesh-proxy",
        "ports": [{"containerPort": 15_090, "name": "mesh-metrics", "protocol": "TCP"}],
        "readinessProbe": {
            "failureThreshold": 4,
            "httpGet": {"path": "/ready", "port": 15_021, "scheme": "HTTP"},
            "periodSeconds": 15,
            "successThreshold": 1,
            "timeoutSeconds": 3,
        },
        "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "50m", "memory": "64Mi"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    })
}
