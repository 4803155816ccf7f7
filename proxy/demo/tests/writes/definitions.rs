//! Definitions of kinds.

use serde_json::{Value, json};

use crate::client::{Client, DEFINITIONS, MAPS, names};

const THINGS: &str = "/apis/example.com/v1/namespaces/shop/things";

fn definition(group: &str, plural: &str, kind: &str) -> Value {
    json!({
        "metadata": { "name": format!("{plural}.{group}") },
        "spec": {
            "group": group, "scope": "Namespaced", "names": { "plural": plural, "kind": kind },
            "versions": [{
                "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } },
            }],
        },
    })
}

#[tokio::test]
async fn a_definition_took_the_pods_away() {
    let client = Client::still();
    let mut policy = definition("metrics.k8s.io", "pods", "PodMetrics");
    for definition in [definition("", "pods", "Pod"), definition("apps", "deployments", "Deployment"), policy.clone()] {
        let (code, status) = client.ask("POST", DEFINITIONS, definition).await;
        assert_eq!((code, &status["reason"]), (422, &"Invalid".into()));
    }
    policy["metadata"]["annotations"] = json!({ "api-approved.kubernetes.io": "https://example.com" });
    let (code, created) = client.ask("POST", DEFINITIONS, policy).await;
    assert_eq!((code, &created["status"]["conditions"][1]["status"]), (201, &"False".into()));
    assert_eq!(client.get("/apis/metrics.k8s.io/v1beta1/pods").await["kind"], "PodMetricsList");
    assert!(names(&client.get("/api/v1/namespaces/shop/pods").await).len() > 20);
}

#[tokio::test]
async fn a_changed_definition_was_not_served_anew() {
    let client = Client::still();
    let (_, mut made) = client.ask("POST", DEFINITIONS, definition("example.com", "things", "Thing")).await;
    assert_eq!(made["spec"]["names"]["listKind"], "ThingList");
    let thing = json!({ "metadata": { "name": "a" }, "status": { "kept": true } });
    assert_eq!(client.code("POST", THINGS, thing).await, 201);
    let path = format!("{DEFINITIONS}/things.example.com");
    let subresources = json!({ "status": {} });
    made["spec"]["versions"][0]["subresources"] = subresources.clone();
    assert_eq!(client.code("PUT", &path, made.clone()).await, 200);
    assert_eq!(client.code("GET", &format!("{THINGS}/a/status"), Value::Null).await, 200);

    let second = json!({
        "name": "v2", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object" } },
    });
    let first = json!({
        "name": "v1", "served": false, "storage": false, "schema": { "openAPIV3Schema": { "type": "object" } },
    });
    let (code, changed) = client.ask("PATCH", &path, json!({ "spec": { "versions": [first, second] } })).await;
    assert_eq!((code, &changed["status"]["storedVersions"]), (200, &json!(["v1", "v2"])));
    assert_eq!(client.code("GET", THINGS, Value::Null).await, 404);
    let list = client.get(&THINGS.replace("v1", "v2")).await;
    assert_eq!((names(&list), &list["items"][0]["apiVersion"]), (vec!["a".to_owned()], &"example.com/v2".into()));

    let (code, status) = client.ask("PATCH", &path, json!({ "spec": { "scope": "Cluster" } })).await;
    assert_eq!((code, &status["details"]["causes"][0]["field"]), (422, &"spec.scope".into()));
    assert_eq!(client.code("PATCH", &path, json!({ "spec": { "names": { "plural": "pods" } } })).await, 422);
}

#[tokio::test]
async fn what_a_definition_is_refused_for_is_told() {
    let client = Client::still();
    let mut wrong = definition("example.com", "things", "Thing");
    wrong["metadata"]["name"] = "other".into();
    wrong["spec"]["versions"][0]["schema"] = Value::Null;
    let (code, status) = client.ask("POST", DEFINITIONS, wrong).await;
    let causes = status["details"]["causes"].as_array().unwrap();
    let fields: Vec<_> = causes.iter().map(|cause| cause["field"].as_str().unwrap()).collect();
    assert_eq!((code, fields), (422, vec!["metadata.name", "spec.versions[0].schema.openAPIV3Schema"]));
}

#[tokio::test]
async fn a_kind_that_is_called_pods_was_taken_for_pods() {
    const OTHERS: &str = "/apis/example.com/v1/namespaces/shop/pods";
    let client = Client::still();
    assert_eq!(client.code("POST", DEFINITIONS, definition("example.com", "pods", "Whale")).await, 201);
    let (_, owner) = client.ask("POST", MAPS, json!({ "metadata": { "name": "owner" } })).await;
    let mut uid = owner["metadata"]["uid"].clone();
    for name in ["a", "b", "c"] {
        let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": uid, "controller": true });
        let whale = json!({ "metadata": { "name": name, "ownerReferences": [owner] } });
        let (code, whale) = client.ask("POST", OTHERS, whale).await;
        assert_eq!(code, 201);
        uid = whale["metadata"]["uid"].clone();
    }
    assert_eq!(client.code("DELETE", &format!("{MAPS}/owner"), Value::Null).await, 200);
    assert_eq!(names(&client.get(OTHERS).await), Vec::<String>::new());
}

#[tokio::test]
async fn objects_of_a_kind_that_was_not_served_for_a_while_kept_its_old_version() {
    let client = Client::still();
    client.ask("POST", DEFINITIONS, definition("example.com", "things", "Thing")).await;
    assert_eq!(client.code("POST", THINGS, json!({ "metadata": { "name": "a" } })).await, 201);
    let version = |name: &str, served: bool, storage: bool| {
        let schema = json!({ "openAPIV3Schema": { "type": "object" } });
        json!({ "name": name, "served": served, "storage": storage, "schema": schema })
    };
    let path = format!("{DEFINITIONS}/things.example.com");
    for versions in
        [json!([version("v1", false, true)]), json!([version("v1", false, false), version("v2", true, true)])]
    {
        assert_eq!(client.code("PATCH", &path, json!({ "spec": { "versions": versions } })).await, 200);
    }
    let list = client.get(&THINGS.replace("v1", "v2")).await;
    assert_eq!(list["items"][0]["apiVersion"], "example.com/v2");
}
