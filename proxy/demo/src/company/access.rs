//! Who may do what: service accounts, roles and who is bound to them.

use serde_json::{Value, json};

use super::draft::Draft;
use super::origin::Origin;
use super::workload::Workload;

const GROUP: &str = "rbac.authorization.k8s.io";
const API: &str = "rbac.authorization.k8s.io/v1";

/// A cluster role: its name, and its rules as groups, resources and verbs.
type Role = (&'static str, &'static [(&'static str, &'static [&'static str], &'static [&'static str])]);

const READ: &[&str] = &["get", "list", "watch"];
const ROLES: &[Role] = &[
    ("cluster-admin", &[("*", &["*"], &["*"])]),
    ("edit", &[("", &["pods", "services", "configmaps", "secrets"], &["*"]), ("apps", &["*"], &["*"])]),
    ("view", &[("", &["pods", "services", "configmaps"], READ), ("apps", &["*"], READ), ("batch", &["*"], READ)]),
    ("system:node", &[("", &["nodes", "pods", "pods/status"], &["get", "list", "watch", "update", "patch"])]),
    ("system:coredns", &[("", &["endpoints", "services", "pods", "namespaces"], &["list", "watch"])]),
    ("object-metrics", &[("", &["*"], &["list", "watch"]), ("apps", &["*"], &["list", "watch"])]),
    ("deployer", &[("*", &["*"], &["*"])]),
    ("developer", &[("", &["pods", "pods/log"], READ), ("", &["pods/exec"], &["create"]), ("apps", &["*"], READ)]),
];

/// A cluster role binding: its name, its role, and the group or service account.
type Binding = (&'static str, &'static str, Subject);

/// Who is bound to a role.
enum Subject {
    Group(&'static str),
    /// In a namespace.
    Account(&'static str, &'static str),
}

const BINDINGS: &[Binding] = &[
    ("cluster-admin", "cluster-admin", Subject::Group("system:masters")),
    ("on-call", "cluster-admin", Subject::Group("on-call")),
    ("everyone-views", "view", Subject::Group("engineering")),
    ("system:coredns", "system:coredns", Subject::Account("kube-system", "coredns")),
    ("object-metrics", "object-metrics", Subject::Account("monitoring", "object-metrics")),
    ("deployer", "deployer", Subject::Account("platform", "deployer")),
];

/// The roles of the whole cluster and their bindings.
pub fn cluster_roles(origin: &Origin) -> Vec<Value> {
    let created = origin.ago("roles", 86_400 * 90, 86_400 * 91);
    let role = |(name, rules): &Role| {
        let rules: Vec<Value> = rules
            .iter()
            .map(|(group, resources, verbs)| json!({"apiGroups": [group], "resources": resources, "verbs": verbs}))
            .collect();
        Draft::new(origin, API, "ClusterRole", "", name, created).with("rules", rules).by("deployer", &["rules"]).done()
    };
    let binding = |(name, role, subject): &Binding| {
        let subject = match subject {
            Subject::Group(group) => json!({"apiGroup": GROUP, "kind": "Group", "name": group}),
            Subject::Account(namespace, name) => {
                json!({"kind": "ServiceAccount", "name": name, "namespace": namespace})
            }
        };
        bind(Draft::new(origin, API, "ClusterRoleBinding", "", name, created), "ClusterRole", role, &subject)
    };
    ROLES.iter().map(role).chain(BINDINGS.iter().map(binding)).collect()
}

/// What a team may do in its namespace.
pub fn namespace_roles(origin: &Origin, namespace: &str, team: &str) -> Vec<Value> {
    let created = origin.ago("roles", 86_400 * 60, 86_400 * 61);
    let group = json!({"apiGroup": GROUP, "kind": "Group", "name": team});
    let binding = Draft::new(origin, API, "RoleBinding", namespace, &format!("{team}-develops"), created);
    let account = json!({"kind": "ServiceAccount", "name": "deployer", "namespace": "platform"});
    let rules = json!([{"apiGroups": [""], "resources": ["secrets"], "verbs": READ}]);
    let reader = Draft::new(origin, API, "Role", namespace, "read-secrets", created)
        .with("rules", rules)
        .by("deployer", &["rules"])
        .done();
    let reads = Draft::new(origin, API, "RoleBinding", namespace, "deployer-reads-secrets", created);
    vec![bind(binding, "ClusterRole", "developer", &group), reader, bind(reads, "Role", "read-secrets", &account)]
}

fn bind(binding: Draft, kind: &str, role: &str, subject: &Value) -> Value {
    binding
        .with("roleRef", json!({"apiGroup": GROUP, "kind": kind, "name": role}))
        .with("subjects", json!([subject]))
        .by("deployer", &["roleRef", "subjects"])
        .done()
}

/// A service account; each namespace has one named default.
pub fn service_account(origin: &Origin, namespace: &str, name: &str) -> Draft {
    let created = origin.ago(&format!("namespace/{namespace}"), 86_400 * 60, 86_400 * 90);
    Draft::new(origin, "v1", "ServiceAccount", namespace, name, created)
}

impl Workload {
    /// The account that its pods act as.
    pub fn account(&self, origin: &Origin) -> Value {
        service_account(origin, &self.namespace, self.app.name)
            .labels(self.labels(self.app.version))
            .with("automountServiceAccountToken", true)
            .with("imagePullSecrets", json!([{"name": "registry"}]))
            .by("deployer", &["metadata", "imagePullSecrets"])
            .done()
    }
}
