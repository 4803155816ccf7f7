//! Kinds of the company's own: certificates, a mesh's routes, backups.

use serde_json::{Value, json};

use super::app::Runs;
use super::draft::Draft;
use super::origin::Origin;
use super::workload::Workload;

/// A kind of the company's own.
struct Definition {
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static str,
    /// Printer columns: name, type, path.
    columns: &'static [(&'static str, &'static str, &'static str)],
    /// The members of its spec, with their types.
    spec: &'static [(&'static str, &'static str)],
}

const DEFINITIONS: [Definition; 4] = [
    Definition {
        group: "certs.example.com",
        kind: "Certificate",
        plural: "certificates",
        short: "cert",
        columns: &[
            ("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status"),
            ("Secret", "string", ".spec.secretName"),
            ("Expires", "date", ".status.notAfter"),
            ("Age", "date", ".metadata.creationTimestamp"),
        ],
        spec: &[("secretName", "string"), ("dnsNames", "array"), ("issuer", "string")],
    },
    Definition {
        group: "mesh.example.com",
        kind: "VirtualService",
        plural: "virtualservices",
        short: "vs",
        columns: &[
            ("Hosts", "string", ".spec.hosts"),
            ("Gateway", "string", ".spec.gateway"),
            ("Age", "date", ".metadata.creationTimestamp"),
        ],
        spec: &[("hosts", "array"), ("gateway", "string"), ("routes", "objects")],
    },
    Definition {
        group: "mesh.example.com",
        kind: "TrafficPolicy",
        plural: "trafficpolicies",
        short: "tp",
        columns: &[("Host", "string", ".spec.host"), ("Mode", "string", ".spec.mode")],
        spec: &[("host", "string"), ("mode", "string"), ("retries", "integer")],
    },
    Definition {
        group: "backup.example.com",
        kind: "Backup",
        plural: "backups",
        short: "bk",
        columns: &[
            ("Phase", "string", ".status.phase"),
            ("Schedule", "string", ".spec.schedule"),
            ("Last", "date", ".status.lastBackup"),
        ],
        spec: &[("source", "string"), ("schedule", "string"), ("keep", "integer")],
    },
];

/// The definitions of the company's kinds.
pub fn definitions(origin: &Origin) -> Vec<Value> {
    DEFINITIONS.iter().map(|definition| definition.object(origin)).collect()
}

impl Definition {
    fn object(&self, origin: &Origin) -> Value {
        let created = origin.ago("definitions", 86_400 * 80, 86_400 * 81);
        let members = self.spec.iter().map(|(name, kind)| {
            let schema = match *kind {
                "array" => json!({"type": "array", "items": {"type": "string"}}),
                "objects" => json!({
                    "type": "array",
                    "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                }),
                kind => json!({"type": kind}),
            };
            ((*name).to_owned(), schema)
        });
        let schema = json!({
            "type": "object",
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"type": "object"},
                "spec": {"type": "object", "properties": members.collect::<serde_json::Map<_, _>>()},
                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            },
        });
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|(name, kind, path)| json!({"jsonPath": path, "name": name, "type": kind}))
            .collect();
        let singular = self.kind.to_lowercase();
        let names = json!({
            "categories": ["company"],
            "kind": self.kind,
            "listKind": format!("{}List", self.kind),
            "plural": self.plural,
            "shortNames": [self.short],
            "singular": singular,
        });
        let spec = json!({
            "conversion": {"strategy": "None"},
            "group": self.group,
            "names": names,
            "scope": "Namespaced",
            "versions": [{
                "additionalPrinterColumns": columns,
                "name": "v1",
                "schema": {"openAPIV3Schema": schema},
                "served": true,
                "storage": true,
                "subresources": {"status": {}},
            }],
        });
        let condition = |kind: &str, reason: &str, message: &str| {
            let since = created.to_string();
            json!({"lastTransitionTime": since, "message": message, "reason": reason, "status": "True", "type": kind})
        };
        let status = json!({
            "acceptedNames": names,
            "conditions": [
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ],
            "storedVersions": ["v1"],
        });
        let name = format!("{}.{}", self.plural, self.group);
        Draft::new(origin, "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", &name, created)
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["spec"])
            .status_by("kube-apiserver", status)
            .done()
    }
}

impl Workload {
    /// Its objects of the company's kinds.
    pub fn custom(&self, origin: &Origin) -> Vec<Value> {
        let name = self.app.name;
        let object = |group: &str, kind: &str| {
            Draft::new(origin, &format!("{group}/v1"), kind, &self.namespace, name, self.created)
                .labels(self.labels(self.app.version))
                .meta("generation", 1)
        };
        let mut objects = Vec::new();
        if let Some(host) = self.app.host {
            let spec = json!({"dnsNames": [host], "issuer": "public", "secretName": format!("{name}-tls")});
            let status = json!({
                "conditions": [{
                    "lastTransitionTime": (self.created + 41).to_string(),
                    "message": "Certificate is up to date and has not expired",
                    "reason": "Ready",
                    "status": "True",
                    "type": "Ready",
                }],
                "notAfter": (origin.now + 86_400 * 52).to_string(),
            });
            let certificate = object("certs.example.com", "Certificate").with("spec", spec);
            objects.push(certificate.by("deployer", &["metadata", "spec"]).status_by("cert-issuer", status).done());
        }
        if self.app.meshed {
            let host = format!("{name}.{}.svc.cluster.local", self.namespace);
            let routes = json!([{"destination": {"host": host, "port": self.app.port}, "weight": 100}]);
            let spec = json!({"gateway": "mesh", "hosts": [host], "routes": routes});
            let service = object("mesh.example.com", "VirtualService").with("spec", spec);
            objects.push(service.by("deployer", &["metadata", "spec"]).done());
            let spec = json!({"host": host, "mode": "STRICT", "retries": 2});
            let policy = object("mesh.example.com", "TrafficPolicy").with("spec", spec);
            objects.push(policy.by("deployer", &["metadata", "spec"]).done());
        }
        if let Runs::StatefulSet(..) = self.app.runs
            && self.app.tier == "data"
        {
            let spec = json!({"keep": 14, "schedule": "15 1 * * *", "source": name});
            let last = origin.now - origin.now.second_of_day() + 4_500;
            let last = if last > origin.now { last - 86_400 } else { last };
            let status = json!({"lastBackup": last.to_string(), "phase": "Completed"});
            let backup = object("backup.example.com", "Backup").with("spec", spec);
            objects.push(backup.by("deployer", &["metadata", "spec"]).status_by("backup-operator", status).done());
        }
        objects
    }
}
