//! Objects and what may be done with them.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::client::{Client, MAPS, PODS, names};

#[tokio::test]
async fn a_post_to_an_objects_own_path_deleted_it() {
    let client = Client::still();
    client.ask("POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    let pod = names(&client.get(PODS).await)[0].clone();
    for path in [format!("{MAPS}/a"), format!("{PODS}/{pod}"), "/api/v1/namespaces/shop".to_owned()] {
        for body in [json!({}), json!({ "metadata": { "name": "a" } }), Value::Null] {
            let (code, status) = client.ask("POST", &path, body).await;
            assert_eq!((code, &status["reason"]), (405, &"MethodNotAllowed".into()), "{path}");
        }
        assert!(client.get(&path).await["metadata"]["deletionTimestamp"].is_null(), "{path}");
    }
    assert_eq!(client.code("POST", &format!("{PODS}/{pod}/binding"), json!({})).await, 404);
    assert!(client.get(&format!("{PODS}/{pod}")).await["metadata"]["deletionTimestamp"].is_null());
}

#[tokio::test]
async fn trying_without_doing_is_refused_wherever_it_is_asked_for() {
    let client = Client::still();
    let map = json!({ "metadata": { "name": "a" } });
    assert_eq!(client.code("POST", &format!("{MAPS}?dryRun=All"), map.clone()).await, 400);
    assert_eq!(client.code("GET", &format!("{MAPS}/a"), Value::Null).await, 404);
    assert_eq!(client.code("POST", MAPS, map.clone()).await, 201);
    for (method, path, body) in [
        ("PUT", format!("{MAPS}/a?dryRun=All"), map),
        ("PATCH", format!("{MAPS}/a?dryRun=All"), json!({ "data": { "k": "v" } })),
        ("DELETE", format!("{MAPS}/a?dryRun=All"), Value::Null),
        ("DELETE", format!("{MAPS}/a"), json!({ "dryRun": ["All"] })),
        ("DELETE", format!("{MAPS}?dryRun=All"), Value::Null),
        ("DELETE", MAPS.to_owned(), json!({ "dryRun": ["All"] })),
    ] {
        assert_eq!(client.code(method, &path, body).await, 400, "{method} {path}");
    }
    assert!(client.get(&format!("{MAPS}/a")).await["data"].is_null());
}

#[tokio::test]
async fn patches_made_an_object_longer_than_what_is_stored() {
    let client = Client::still();
    client.ask("POST", MAPS, json!({ "metadata": { "name": "long" }, "data": {} })).await;
    let path = format!("{MAPS}/long");
    let mut codes = Vec::new();
    for number in 0..4 {
        let patch = json!({ "data": { format!("k{number}"): "x".repeat(500_000) } });
        codes.push(client.code("PATCH", &path, patch).await);
    }
    assert_eq!(codes, [200, 200, 200, 413]);
    let (code, status) = client.ask("PATCH", &path, json!({ "data": { "k": "x".repeat(500_000) } })).await;
    assert_eq!((code, &status["message"]), (413, &"etcdserver: request is too large".into()));
    assert_eq!(client.get(&path).await["data"].as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn a_request_for_more_than_any_node_has_panicked_where_usage_is_summed() {
    let client = Client::still();
    let name = names(&client.get(&format!("{PODS}?fieldSelector=status.phase%3DRunning")).await)[0].clone();
    let mut pod = client.get(&format!("{PODS}/{name}")).await;
    for container in pod["spec"]["containers"].as_array_mut().unwrap() {
        container["resources"] = json!({ "requests": { "cpu": "9999999T", "memory": "9999999Ti" } });
    }
    assert_eq!(client.code("PUT", &format!("{PODS}/{name}"), pod).await, 200);
    for kind in ["nodes", "pods"] {
        assert_eq!(client.code("GET", &format!("/apis/metrics.k8s.io/v1beta1/{kind}"), Value::Null).await, 200);
    }
}

#[tokio::test]
async fn a_body_that_is_no_text_is_refused() {
    let client = Client::still();
    assert_eq!(client.send("POST", MAPS, Bytes::from_static(b"\xff\xfe")).await.status(), 400);
}
