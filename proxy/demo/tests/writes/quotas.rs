//! Quotas, as those meet them who create.

use serde_json::{Value, json};

use crate::client::{Client, MAPS, PODS};

const QUOTAS: &str = "/api/v1/namespaces/shop/resourcequotas";

fn pod(name: &str) -> Value {
    let requests = json!({ "requests": { "cpu": "1", "memory": "1Gi" } });
    json!({ "metadata": { "name": name }, "spec": { "containers": [{ "name": "c", "image": "i", "resources": requests }] } })
}

#[tokio::test]
async fn creates_beyond_a_quota_were_done() {
    let client = Client::still();
    let quota =
        json!({ "metadata": { "name": "q" }, "spec": { "hard": { "count/configmaps": "0", "requests.cpu": "1m" } } });
    assert_eq!(client.code("POST", QUOTAS, quota).await, 201);
    let (code, status) = client.ask("POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    let message = status["message"].as_str().unwrap();
    assert_eq!((code, &status["reason"], &status["details"]["kind"]), (403, &"Forbidden".into(), &"configmaps".into()));
    assert!(
        message.starts_with("configmaps \"a\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used:")
    );
    let (code, status) = client.ask("POST", PODS, pod("a")).await;
    assert_eq!(code, 403, "{status}");
    assert!(status["message"].as_str().unwrap().contains("requested: requests.cpu=1, used: requests.cpu="), "{status}");
    client.ask("DELETE", &format!("{QUOTAS}/q"), Value::Null).await;
    assert_eq!(client.code("POST", PODS, pod("a")).await, 201);
}
