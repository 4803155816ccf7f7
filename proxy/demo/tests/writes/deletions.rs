//! Deletions, and what becomes of what the deleted owned.

use serde_json::{Value, json};

use crate::client::{Client, MAPS, PODS, names};

const SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";
const CART: &str = "/apis/apps/v1/namespaces/shop/deployments/cart";
const OF_CART: &str = "labelSelector=app.kubernetes.io/name%3Dcart";

#[tokio::test]
async fn orphans_stay_and_are_owned_no_longer() {
    let client = Client::still();
    let sets = names(&client.get(&format!("{SETS}?{OF_CART}")).await);
    let (code, going) = client.ask("DELETE", CART, json!({ "propagationPolicy": "Orphan" })).await;
    assert_eq!((code, &going["metadata"]["finalizers"]), (200, &json!(["orphan"])));
    assert_eq!(client.code("GET", CART, Value::Null).await, 404);
    let left = client.get(&format!("{SETS}?{OF_CART}")).await;
    assert_eq!(names(&left), sets);
    for set in left["items"].as_array().unwrap() {
        assert_eq!(set["metadata"]["ownerReferences"].as_array().map_or(0, Vec::len), 0);
    }
}

#[tokio::test]
async fn to_delete_in_the_foreground_was_not_heard() {
    let client = Client::still();
    let (code, going) = client.ask("DELETE", CART, json!({ "propagationPolicy": "Foreground" })).await;
    assert_eq!((code, &going["metadata"]["finalizers"]), (200, &json!(["foregroundDeletion"])));
    assert!(going["metadata"]["deletionTimestamp"].is_string());
    // Its pods have 30 seconds, which do not pass here.
    assert_eq!(client.code("GET", CART, Value::Null).await, 200);
    assert!(!names(&client.get(&format!("{SETS}?{OF_CART}")).await).is_empty());
}

#[tokio::test]
async fn what_owns_nothing_goes_at_once_in_the_foreground_and_keeps_others_finalizers() {
    let client = Client::still();
    let foreground = json!({ "propagationPolicy": "Foreground" });
    client.ask("POST", MAPS, json!({ "metadata": { "name": "a" } })).await;
    client.ask("POST", MAPS, json!({ "metadata": { "name": "b", "finalizers": ["example.com/x"] } })).await;
    let (_, going) = client.ask("DELETE", &format!("{MAPS}/a"), foreground.clone()).await;
    assert_eq!(going["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    assert_eq!(client.code("GET", &format!("{MAPS}/a"), Value::Null).await, 404);
    client.ask("DELETE", &format!("{MAPS}/b"), foreground).await;
    assert_eq!(client.get(&format!("{MAPS}/b")).await["metadata"]["finalizers"], json!(["example.com/x"]));
}

#[tokio::test]
async fn what_objects_of_other_kinds_owned_stayed() {
    let client = Client::still();
    let (_, owner) = client.ask("POST", MAPS, json!({ "metadata": { "name": "owner" } })).await;
    let mut uid = owner["metadata"]["uid"].clone();
    for name in ["a", "b", "c"] {
        let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": uid, "controller": true });
        let (_, map) =
            client.ask("POST", MAPS, json!({ "metadata": { "name": name, "ownerReferences": [owner] } })).await;
        uid = map["metadata"]["uid"].clone();
    }
    client.ask("DELETE", &format!("{MAPS}/owner"), Value::Null).await;
    for name in ["a", "b", "c"] {
        assert_eq!(client.code("GET", &format!("{MAPS}/{name}"), Value::Null).await, 404, "{name}");
    }
}

#[tokio::test]
async fn a_pod_may_take_its_grace_or_what_it_is_given() {
    let client = Client::still();
    let running = names(&client.get(&format!("{PODS}?fieldSelector=status.phase%3DRunning")).await);
    let grace = async |name: &str, body: Value| {
        let (_, pod) = client.ask("DELETE", &format!("{PODS}/{name}"), body).await;
        pod["metadata"]["deletionGracePeriodSeconds"].clone()
    };
    assert_eq!(grace(&running[0], Value::Null).await, 30);
    assert_eq!(grace(&running[0], json!({ "gracePeriodSeconds": 5 })).await, 5);
    assert_eq!(grace(&running[0], json!({ "gracePeriodSeconds": 60 })).await, 5, "and never longer");
    assert_eq!(grace(&running[1], json!({ "gracePeriodSeconds": -1 })).await, 1);
    grace(&running[2], json!({ "gracePeriodSeconds": 0 })).await;
    assert_eq!(client.code("GET", &format!("{PODS}/{}", running[2]), Value::Null).await, 404);
    let stale = json!({ "gracePeriodSeconds": -1, "preconditions": { "uid": "x" } });
    assert_eq!(client.code("DELETE", &format!("{PODS}/{}", running[3]), stale).await, 409);
}

#[tokio::test]
async fn others_wait_for_no_deletion_of_many() {
    let client = Client::still();
    let (maps, other) = ("/api/v1/namespaces/many/configmaps", format!("{MAPS}/none"));
    client.ask("POST", "/api/v1/namespaces", json!({ "metadata": { "name": "many" } })).await;
    for path in [maps.to_owned(), "/api/v1/namespaces/many".to_owned()] {
        for number in 0..500 {
            client.ask("POST", maps, json!({ "metadata": { "name": format!("m{number}") } })).await;
        }
        let mut deletion = Box::pin(client.ask("DELETE", &path, Value::Null));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(deletion.as_mut().poll(&mut context).is_pending(), "it is done on a thread of its own");
        assert_eq!(client.code("GET", &other, Value::Null).await, 404);
        assert_eq!(deletion.await.0, 200);
        assert!(client.get(maps).await["items"].as_array().is_none_or(Vec::is_empty));
    }
}

#[tokio::test]
async fn a_collection_that_was_deleted_is_told_as_it_was() {
    let client = Client::still();
    for name in ["a", "b"] {
        let map = json!({ "metadata": { "name": name, "labels": { "gone": "yes" } }, "data": { "k": name } });
        client.ask("POST", MAPS, map).await;
    }
    let (code, list) = client.ask("DELETE", &format!("{MAPS}?labelSelector=gone"), Value::Null).await;
    assert_eq!((code, &list["kind"], names(&list)), (200, &"ConfigMapList".into(), vec!["a".into(), "b".into()]));
    assert_eq!(list["items"][1]["data"]["k"], "b");
    assert!(names(&client.get(&format!("{MAPS}?labelSelector=gone")).await).is_empty());
}
