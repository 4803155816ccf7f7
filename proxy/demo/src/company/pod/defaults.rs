//! What admission adds to a pod: the token of its service account, tolerations, priority.

use serde_json::{Map, Value, json};

/// Completes a pod's spec; `volume` is the name of its token's volume.
pub fn complete(spec: &mut Value, volume: &str) {
    let Some(spec) = spec.as_object_mut() else { return };
    let account = spec.get("serviceAccountName").and_then(Value::as_str).unwrap_or("default").to_owned();
    let defaults = [
        ("dnsPolicy", json!("ClusterFirst")),
        ("enableServiceLinks", json!(true)),
        ("preemptionPolicy", json!("PreemptLowerPriority")),
        ("priority", json!(0)),
        ("restartPolicy", json!("Always")),
        ("schedulerName", json!("default-scheduler")),
        ("securityContext", json!({})),
        ("serviceAccount", json!(account)),
        ("serviceAccountName", json!(account)),
        ("terminationGracePeriodSeconds", json!(30)),
    ];
    for (name, value) in defaults {
        spec.entry(name).or_insert(value);
    }
    if spec.get("priorityClassName").and_then(Value::as_str).is_some_and(|class| class.starts_with("system-")) {
        spec.insert("priority".to_owned(), json!(2_000_001_000));
    }
    tolerate(spec);
    mount_token(spec, volume);
}

/// Lets a pod stay on a node that is away for five minutes.
fn tolerate(spec: &mut Map<String, Value>) {
    let Some(tolerations) = spec.entry("tolerations").or_insert(json!([])).as_array_mut() else { return };
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let has = |toleration: &Value| {
            let key_of = toleration.get("key");
            key_of == Some(&json!(key)) || (key_of.is_none() && toleration.get("operator") == Some(&json!("Exists")))
        };
        if !tolerations.iter().any(has) {
            let toleration = json!({"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300});
            tolerations.push(toleration);
        }
    }
}

/// Adds the volume with the service account's token, and mounts it in every container.
fn mount_token(spec: &mut Map<String, Value>, volume: &str) {
    let mount = json!({
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        "name": volume,
        "readOnly": true,
    });
    for list in ["initContainers", "containers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for container in containers.filter_map(Value::as_object_mut) {
            if let Some(mounts) = container.entry("volumeMounts").or_insert(json!([])).as_array_mut() {
                mounts.push(mount.clone());
            }
        }
    }
    let source = json!({
        "name": volume,
        "projected": {
            "defaultMode": 420,
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
                {"downwardAPI": {"items": [{
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                    "path": "namespace",
                }]}},
            ],
        },
    });
    if let Some(volumes) = spec.entry("volumes").or_insert(json!([])).as_array_mut() {
        volumes.push(source);
    }
}
