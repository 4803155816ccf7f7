//! A service, as much of it as the views need.

use super::json::{List, Pairs, Text};
use super::meta::ObjectMeta;
use super::projection::fields;

/// A service: <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/>.
#[derive(Clone, Debug, Default)]
pub struct Service<'a> {
    /// Identity and labels.
    pub metadata: ObjectMeta<'a>,
    /// What was asked for.
    pub spec: ServiceSpec<'a>,
    /// What was observed.
    pub status: ServiceStatus<'a>,
}

/// How pods are reached.
#[derive(Clone, Debug, Default)]
pub struct ServiceSpec<'a> {
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    pub kind: Text<'a>,
    /// `None` for a headless service.
    pub cluster_ip: Text<'a>,
    /// Addresses that somebody else routes here.
    pub external_ips: List<Text<'a>>,
    /// Of `ExternalName`.
    pub external_name: Text<'a>,
    /// Where it listens.
    pub ports: List<ServicePort<'a>>,
    /// Labels of the pods behind it; none means that somebody else says what is.
    pub selector: Pairs<'a>,
}

/// Where a service listens.
#[derive(Clone, Debug, Default)]
pub struct ServicePort<'a> {
    /// At the service's address.
    pub port: i64,
    /// At each node's address, or 0.
    pub node_port: i64,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text<'a>,
}

/// What was observed of a service.
#[derive(Clone, Debug, Default)]
pub struct ServiceStatus<'a> {
    /// What a cloud has put before it.
    pub load_balancer: LoadBalancer<'a>,
}

/// What a cloud has put before a service.
#[derive(Clone, Debug, Default)]
pub struct LoadBalancer<'a> {
    /// Its addresses.
    pub ingress: List<Ingress<'a>>,
}

/// One address of a load balancer.
#[derive(Clone, Debug, Default)]
pub struct Ingress<'a> {
    /// An address, or empty.
    pub ip: Text<'a>,
    /// A name, or empty.
    pub hostname: Text<'a>,
}

fields! {
    Service<'de> {
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }
    ServiceSpec<'de> {
        "type": kind,
        "clusterIP": cluster_ip,
        "externalIPs": external_ips,
        "externalName": external_name,
        "ports": ports,
        "selector": selector,
    }
    ServicePort<'de> {
        "port": port,
        "nodePort": node_port,
        "protocol": protocol,
    }
    ServiceStatus<'de> {
        "loadBalancer": load_balancer,
    }
    LoadBalancer<'de> {
        "ingress": ingress,
    }
    Ingress<'de> {
        "ip": ip,
        "hostname": hostname,
    }
}

impl Service<'_> {
    /// kubectl's PORT(S): `80:30080/TCP,53/UDP`, or empty.
    pub fn ports(&self) -> String {
        let port = |p: &ServicePort<'_>| {
            let protocol = p.protocol.non_empty().unwrap_or("TCP");
            match p.node_port {
                0 => format!("{}/{protocol}", p.port),
                node_port => format!("{}:{node_port}/{protocol}", p.port),
            }
        };
        self.spec.ports.iter().map(port).collect::<Vec<_>>().join(",")
    }

    /// kubectl's EXTERNAL-IP as `-o wide` has it; empty where there is none.
    pub fn external_address(&self) -> String {
        let given = self.spec.external_ips.iter().map(|ip| &**ip);
        match &*self.spec.kind {
            "ExternalName" => self.spec.external_name.to_string(),
            "LoadBalancer" => {
                let ingress = self.status.load_balancer.ingress.iter();
                let all: Vec<&str> = ingress.map(|i| i.ip.non_empty().unwrap_or(&i.hostname)).chain(given).collect();
                if all.is_empty() { "<pending>".to_owned() } else { all.join(",") }
            }
            _ => given.collect::<Vec<_>>().join(","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Service;
    use crate::k8s::projection::read;

    #[test]
    fn ports_and_addresses_are_those_of_kubectl() {
        let check = |json: &str, ports: &str, external: &str| {
            let service: Service<'_> = read(json.as_bytes()).unwrap();
            assert_eq!((service.ports().as_str(), service.external_address().as_str()), (ports, external), "{json}");
        };
        check("{}", "", "");
        check(
            r#"{"spec":{"type":"ClusterIP","ports":[{"port":80},{"port":53,"protocol":"UDP"}]}}"#,
            "80/TCP,53/UDP",
            "",
        );
        check(
            r#"{"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30080,"protocol":"TCP"}]}}"#,
            "80:30080/TCP",
            "",
        );
        check(r#"{"spec":{"type":"LoadBalancer"}}"#, "", "<pending>");
        check(
            r#"{"spec":{"type":"LoadBalancer","externalIPs":["192.0.2.9"]},
                "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"},{"hostname":"lb.example"}]}}}"#,
            "",
            "192.0.2.1,lb.example,192.0.2.9",
        );
        check(r#"{"spec":{"type":"ExternalName","externalName":"db.example","externalIPs":{}}}"#, "", "db.example");
    }
}
