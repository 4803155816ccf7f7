//! How apps are reached: Services, EndpointSlices, Ingresses, NetworkPolicies.

use serde_json::{Value, json};

use super::app::Runs;
use super::draft::{Draft, controller};
use super::identity::hash;
use super::origin::Origin;
use super::workload::Workload;

/// A pod behind a service.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The pod's name.
    pub name: String,
    /// The pod's uid.
    pub uid: String,
    /// The pod's address.
    pub address: String,
    /// The pod's node.
    pub node: String,
    /// The node's zone.
    pub zone: String,
    /// Whether it may be sent requests.
    pub ready: bool,
}

/// The most endpoints in a slice.
pub const MOST_ENDPOINTS: usize = 100;

impl Workload {
    /// Its Services, Ingress and NetworkPolicy.
    pub fn network(&self, origin: &Origin) -> Vec<Value> {
        if self.app.port == 0 || self.app.runs == Runs::DaemonSet {
            return Vec::new();
        }
        let name = self.app.name;
        let mut objects = vec![self.service(origin, name, &self.cluster_address())];
        if let Runs::StatefulSet(..) = self.app.runs {
            objects.push(self.service(origin, &format!("{name}-headless"), "None"));
        }
        objects.extend(self.app.host.map(|host| self.ingress(origin, host)));
        if self.app.tier == "data" {
            objects.push(self.network_policy(origin));
        }
        objects
    }

    fn cluster_address(&self) -> String {
        let number = hash(format!("{}/{}", self.namespace, self.app.name).as_bytes());
        format!("172.20.{}.{}", number % 251 + 1, number / 251 % 251 + 2)
    }

    fn service(&self, origin: &Origin, name: &str, address: &str) -> Value {
        let gateway = self.app.name == "ingress-gateway";
        let port_name = if self.app.tier == "data" { "client" } else { "http" };
        let mut port = json!({"name": port_name, "port": self.app.port, "protocol": "TCP", "targetPort": port_name});
        let mut spec = json!({
            "clusterIP": address,
            "clusterIPs": [address],
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "selector": self.selector(),
            "sessionAffinity": "None",
            "type": if gateway { "LoadBalancer" } else { "ClusterIP" },
        });
        let mut status = json!({"loadBalancer": {}});
        if gateway {
            if let Some(port) = port.as_object_mut() {
                port.insert("nodePort".to_owned(), 31_443.into());
            }
            if let Some(spec) = spec.as_object_mut() {
                spec.insert("allocateLoadBalancerNodePorts".to_owned(), true.into());
                spec.insert("externalTrafficPolicy".to_owned(), "Local".into());
                spec.insert("healthCheckNodePort".to_owned(), 32_017.into());
            }
            status = json!({"loadBalancer": {"ingress": [{"ip": "203.0.113.10", "ipMode": "VIP"}]}});
        }
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("ports".to_owned(), json!([port]));
        }
        Draft::new(origin, "v1", "Service", &self.namespace, name, self.created)
            .labels(self.labels(self.app.version))
            .with("spec", spec)
            .with("status", status)
            .by("deployer", &["metadata", "spec"])
            .done()
    }

    fn ingress(&self, origin: &Origin, host: &str) -> Value {
        let host =
            if self.namespace == self.app.namespace { host.to_owned() } else { format!("{}.{host}", self.namespace) };
        let backend = json!({"service": {"name": self.app.name, "port": {"name": "http"}}});
        let spec = json!({
            "ingressClassName": "gateway",
            "rules": [{
                "host": host,
                "http": {"paths": [{"backend": backend, "path": "/", "pathType": "Prefix"}]},
            }],
            "tls": [{"hosts": [host], "secretName": format!("{}-tls", self.app.name)}],
        });
        Draft::new(origin, "networking.k8s.io/v1", "Ingress", &self.namespace, self.app.name, self.created)
            .labels(self.labels(self.app.version))
            .meta("generation", 1)
            .with("spec", spec)
            .with("status", json!({"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}))
            .by("deployer", &["metadata", "spec"])
            .done()
    }

    fn network_policy(&self, origin: &Origin) -> Value {
        let spec = json!({
            "ingress": [{
                "from": [{"namespaceSelector": {"matchLabels": {"example.com/may-read-data": "true"}}}],
                "ports": [{"port": self.app.port, "protocol": "TCP"}],
            }],
            "podSelector": {"matchLabels": self.selector()},
            "policyTypes": ["Ingress"],
        });
        Draft::new(origin, "networking.k8s.io/v1", "NetworkPolicy", &self.namespace, self.app.name, self.created)
            .labels(self.labels(self.app.version))
            .meta("generation", 1)
            .with("spec", spec)
            .by("deployer", &["metadata", "spec"])
            .done()
    }
}

/// The slices of a service over its pods; a service without a selector has none.
pub fn slices(origin: &Origin, service: &Value, endpoints: &[Endpoint]) -> Vec<Value> {
    let text = |pointer| service.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (namespace, name, uid) = (text("/metadata/namespace"), text("/metadata/name"), text("/metadata/uid"));
    let ports = service.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten();
    let ports: Vec<Value> = ports
        .map(|port| json!({"name": port.get("name"), "port": port.get("port"), "protocol": port.get("protocol")}))
        .collect();
    let mut labels = service.pointer("/metadata/labels").cloned().unwrap_or(json!({}));
    if let Some(labels) = labels.as_object_mut() {
        labels.insert("endpointslice.kubernetes.io/managed-by".to_owned(), "endpointslice-controller.k8s.io".into());
        labels.insert("kubernetes.io/service-name".to_owned(), name.into());
    }
    let empty: &[Endpoint] = &[];
    let chunks = endpoints.chunks(MOST_ENDPOINTS).chain(endpoints.is_empty().then_some(empty));
    chunks
        .enumerate()
        .map(|(number, endpoints)| {
            let suffix = origin.random(&format!("slice/{namespace}/{name}/{number}")).suffix(5);
            let endpoints: Vec<Value> = endpoints.iter().map(|endpoint| endpoint.value(namespace)).collect();
            Draft::new(
                origin,
                "discovery.k8s.io/v1",
                "EndpointSlice",
                namespace,
                &format!("{name}-{suffix}"),
                origin.now,
            )
            .labels(labels.clone())
            .meta("generateName", format!("{name}-"))
            .meta("generation", 1)
            .meta("ownerReferences", controller("v1", "Service", name, uid))
            .with("addressType", "IPv4")
            .with("endpoints", endpoints)
            .with("ports", ports.clone())
            .by("kube-controller-manager", &["metadata", "addressType", "endpoints", "ports"])
            .done()
        })
        .collect()
}

impl Endpoint {
    /// As a slice of its namespace holds it.
    pub fn value(&self, namespace: &str) -> Value {
        json!({
            "addresses": [self.address],
            "conditions": {"ready": self.ready, "serving": self.ready, "terminating": false},
            "nodeName": self.node,
            "targetRef": {"kind": "Pod", "name": self.name, "namespace": namespace, "uid": self.uid},
            "zone": self.zone,
        })
    }
}
