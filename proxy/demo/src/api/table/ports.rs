//! The cells of what listens: services, ingresses, endpoints.

use serde_json::Value;

use super::words::{items, number, or, text};

/// `80:30080/TCP,443/TCP`.
pub fn of_service(service: &Value) -> String {
    let port = |port: &Value| {
        let protocol = or(text(port, "/protocol"), "TCP");
        match number(port, "/nodePort") {
            0 => format!("{}/{protocol}", number(port, "/port")),
            node_port => format!("{}:{node_port}/{protocol}", number(port, "/port")),
        }
    };
    or(&items(service, "/spec/ports").iter().map(port).collect::<Vec<_>>().join(","), "<none>")
}

/// The addresses under which others reach a service.
pub fn external_address(service: &Value) -> String {
    let given: Vec<_> = items(service, "/spec/externalIPs").iter().filter_map(Value::as_str).collect();
    match text(service, "/spec/type") {
        "LoadBalancer" => {
            let mut all = balancer(service);
            all.extend(given);
            or(&all.join(","), "<pending>")
        }
        "ExternalName" => text(service, "/spec/externalName").to_owned(),
        _ => or(&given.join(","), "<none>"),
    }
}

/// The addresses of an object's load balancer.
pub fn balancer(object: &Value) -> Vec<&str> {
    let address = |ingress| match text(ingress, "/ip") {
        "" => text(ingress, "/hostname"),
        ip => ip,
    };
    items(object, "/status/loadBalancer/ingress").iter().map(address).collect()
}

/// The hosts of an ingress.
pub fn hosts(ingress: &Value) -> String {
    let hosts: Vec<_> =
        items(ingress, "/spec/rules").iter().map(|rule| text(rule, "/host")).filter(|host| !host.is_empty()).collect();
    shortened(&or(&hosts.join(","), "*"), hosts.len(), &hosts)
}

/// `10.0.0.1:80,10.0.0.2:80`.
pub fn endpoints(endpoints: &Value) -> String {
    let mut all = Vec::new();
    for subset in items(endpoints, "/subsets") {
        for address in items(subset, "/addresses") {
            let ip = text(address, "/ip");
            let ports = items(subset, "/ports");
            if ports.is_empty() {
                all.push(ip.to_owned());
            }
            all.extend(ports.iter().map(|port| format!("{ip}:{}", number(port, "/port"))));
        }
    }
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    if all.is_empty() { "<none>".into() } else { shortened(&all.join(","), all.len(), &all) }
}

/// The addresses of an EndpointSlice.
pub fn slice_addresses(slice: &Value) -> String {
    let addresses: Vec<_> = items(slice, "/endpoints")
        .iter()
        .flat_map(|endpoint| items(endpoint, "/addresses"))
        .filter_map(Value::as_str)
        .collect();
    if addresses.is_empty() { "<unset>".into() } else { shortened(&addresses.join(","), addresses.len(), &addresses) }
}

/// The ports of an EndpointSlice.
pub fn slice_ports(slice: &Value) -> String {
    let ports: Vec<_> = items(slice, "/ports").iter().map(|port| number(port, "/port").to_string()).collect();
    let ports: Vec<_> = ports.iter().map(String::as_str).collect();
    if ports.is_empty() { "<unset>".into() } else { shortened(&ports.join(","), ports.len(), &ports) }
}

/// More than three are counted.
fn shortened(all: &str, count: usize, each: &[&str]) -> String {
    if count <= 3 {
        return all.to_owned();
    }
    let first: Vec<_> = each.iter().take(3).copied().collect();
    format!("{} + {} more...", first.join(","), count - 3)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ports_and_addresses_are_those_of_kubectl() {
        let service = json!({ "spec": { "type": "LoadBalancer", "ports": [
            { "port": 80, "nodePort": 30080, "protocol": "TCP" }, { "port": 53, "protocol": "UDP" },
        ] }, "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } } });
        assert_eq!(of_service(&service), "80:30080/TCP,53/UDP");
        assert_eq!(external_address(&service), "192.0.2.1");
        assert_eq!(external_address(&json!({ "spec": { "type": "LoadBalancer" } })), "<pending>");
        assert_eq!(external_address(&json!({})), "<none>");
        let slice = json!({ "endpoints": [{ "addresses": ["a"] }, { "addresses": ["b"] }, { "addresses": ["c"] },
            { "addresses": ["d"] }] });
        assert_eq!(slice_addresses(&slice), "a,b,c + 1 more...");
    }
}
