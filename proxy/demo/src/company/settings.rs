//! What apps are told at their start: ConfigMaps and Secrets.

use serde_json::{Value, json};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::draft::Draft;
use super::identity::digest;
use super::origin::Origin;
use super::workload::Workload;

/// The certificates by which pods of a namespace know the API server.
pub fn root_certificates(origin: &Origin, namespace: &str) -> Value {
    let created = origin.ago(&format!("namespace/{namespace}"), 86_400 * 60, 86_400 * 90);
    let mut random = origin.random("certificate authority");
    let body: Vec<String> = (0..8).map(|_| STANDARD.encode(digest(&mut random)).chars().take(64).collect()).collect();
    let certificate = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body.join("\n"));
    let note = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints \
                such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across \
                distributions of Kubernetes clusters.";
    Draft::new(origin, "v1", "ConfigMap", namespace, "kube-root-ca.crt", created)
        .meta("annotations", json!({"kubernetes.io/description": note}))
        .with("data", json!({"ca.crt": certificate}))
        .by("kube-controller-manager", &["metadata", "data"])
        .done()
}

/// What a namespace's pods pull images with.
pub fn registry_secret(origin: &Origin, namespace: &str) -> Value {
    let created = origin.ago(&format!("namespace/{namespace}"), 86_400 * 60, 86_400 * 90);
    let auth = json!({"auths": {"registry.example.com": {"username": "cluster", "password": "demo-only"}}});
    Draft::new(origin, "v1", "Secret", namespace, "registry", created)
        .with("data", json!({".dockerconfigjson": STANDARD.encode(auth.to_string())}))
        .with("type", "kubernetes.io/dockerconfigjson")
        .by("secret-sync", &["data", "type"])
        .done()
}

impl Workload {
    /// Its ConfigMap, and its Secrets if it has any.
    pub fn settings(&self, origin: &Origin) -> Vec<Value> {
        let name = self.app.name;
        let config = format!(
            "# {name} {}\nlog:\n  level: info\n  format: json\nserver:\n  port: {}\n  shutdown-grace: 20s\n\
             traces:\n  endpoint: http://trace-collector.monitoring.svc:4317\n  ratio: 0.05\nfeatures:\n  \
             new-basket: true\n  fast-search: {}\n",
            self.app.version,
            self.app.port,
            self.app.tier == "frontend"
        );
        let object = |kind: &str, name: &str| {
            Draft::new(origin, "v1", kind, &self.namespace, name, self.created).labels(self.labels(self.app.version))
        };
        let mut objects = vec![
            object("ConfigMap", &format!("{name}-config"))
                .with("data", json!({"config.yaml": config}))
                .by("deployer", &["metadata", "data"])
                .done(),
        ];
        if self.app.tier != "platform" {
            let password = digest(&mut origin.random(&format!("password/{}/{name}", self.namespace)));
            let data = json!({"password": STANDARD.encode(password), "username": STANDARD.encode(name)});
            let secret = object("Secret", &format!("{name}-credentials")).with("data", data).with("type", "Opaque");
            objects.push(secret.by("secret-sync", &["metadata", "data", "type"]).done());
        }
        if self.app.host.is_some() {
            let data = json!({
                "tls.crt": STANDARD.encode("a certificate of the demo"),
                "tls.key": STANDARD.encode("a key of the demo"),
            });
            let secret = object("Secret", &format!("{name}-tls")).with("data", data).with("type", "kubernetes.io/tls");
            objects.push(secret.by("cert-issuer", &["metadata", "data", "type"]).done());
        }
        objects
    }
}
