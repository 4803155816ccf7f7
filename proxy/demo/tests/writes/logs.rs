//! Logs through the API.

use http_body_util::BodyExt;
use pilothouse_demo::api::answer::Body;
use serde_json::{Value, json};

use crate::client::{Client, PODS};

/// A pod of an app, and the path of its log.
async fn pod_of(client: &Client, app: &str) -> (Value, String) {
    let list = client.get(&format!("{PODS}?labelSelector=app.kubernetes.io/name%3D{app}")).await;
    let pod = list["items"][0].clone();
    let path = format!("{PODS}/{}/log?container={app}", pod["metadata"]["name"].as_str().unwrap());
    (pod, path)
}

async fn rest(mut body: Body) -> usize {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame.unwrap().into_data().unwrap().len();
    }
    bytes
}

#[tokio::test]
async fn a_log_is_cut_as_it_is_asked_for() {
    let client = Client::still();
    let (_, path) = pod_of(&client, "cart").await;
    let (code, whole) = client.text(&path).await;
    let lines: Vec<_> = whole.lines().collect();
    assert!(code == 200 && lines.len() > 20, "{code} {}", lines.len());
    let (_, tail) = client.text(&format!("{path}&tailLines=5")).await;
    assert_eq!(tail.lines().collect::<Vec<_>>(), lines[lines.len() - 5..]);
    assert_eq!(client.text(&format!("{path}&tailLines=0")).await.1, "");
    assert_eq!(client.text(&format!("{path}&limitBytes=100")).await.1, whole[..100]);
    let (_, stamped) = client.text(&format!("{path}&timestamps=true&tailLines=2")).await;
    for (stamped, line) in stamped.lines().zip(&lines[lines.len() - 2..]) {
        let (stamp, text) = stamped.split_once(' ').unwrap();
        assert!(stamp.len() == 30 && stamp.parse::<jiff::Timestamp>().is_ok(), "{stamp}");
        assert_eq!(text, *line);
    }
    // The cluster was started at the beginning of 1970.
    let (_, recent) = client.text(&format!("{path}&sinceTime=1969-12-31T23:50:00Z&timestamps=true")).await;
    assert!(!recent.is_empty() && recent.lines().all(|line| *line >= *"1969-12-31T23:50:00"), "{recent}");
    assert_eq!(recent.lines().count(), client.text(&format!("{path}&sinceSeconds=600")).await.1.lines().count());
    for wrong in ["tailLines=-1", "tailLines=x", "limitBytes=0", "sinceSeconds=0", "sinceTime=yesterday"] {
        let code = client.text(&format!("{path}&{wrong}")).await.0;
        assert!(matches!(code, 400 | 422), "{wrong}: {code}");
    }
}

#[tokio::test]
async fn the_run_before_tells_why_it_ended() {
    let client = Client::still();
    let (_, path) = pod_of(&client, "reviews").await;
    let (code, before) = client.text(&format!("{path}&previous=true")).await;
    assert!(code == 200 && before.contains("REVIEWS_DB_URL is not set"), "{code} {before}");
    let (_, path) = pod_of(&client, "cart").await;
    assert_eq!(client.text(&format!("{path}&previous=true")).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn a_followed_log_outlived_its_container() {
    let client = Client::still();
    let (pod, path) = pod_of(&client, "cart").await;
    let follow = async || client.send("GET", &format!("{path}&follow=true&tailLines=1"), "").await.into_body();
    let mut body = follow().await;
    assert!(body.frame().await.is_some(), "what is there comes at once");
    let mut status = pod["status"]["containerStatuses"][0].clone();
    let started = status["state"]["running"]["startedAt"].clone();
    let end = json!({
        "exitCode": 0, "reason": "Completed", "startedAt": started, "finishedAt": "1970-01-01T00:00:00Z",
    });
    let patch = async |status: &Value| {
        let name = pod["metadata"]["name"].as_str().unwrap();
        let patch = json!({ "status": { "containerStatuses": [status] } });
        assert_eq!(client.code("PATCH", &format!("{PODS}/{name}/status"), patch).await, 200);
    };
    status["state"] = json!({ "terminated": end });
    patch(&status).await;
    rest(body).await;
    assert!(rest(follow().await).await > 0, "nor is one followed that has ended before");
    // The next run begins; who follows the one before is told the end of that.
    status["state"] = json!({ "running": { "startedAt": "1970-01-01T00:00:00Z" } });
    patch(&status).await;
    let body = follow().await;
    status["lastState"] = json!({ "terminated": {
        "exitCode": 1, "reason": "Error", "startedAt": "1970-01-01T00:00:00Z", "finishedAt": "1970-01-01T00:00:00Z",
    } });
    status["state"] = json!({ "running": { "startedAt": "1970-01-01T00:00:01Z" } });
    patch(&status).await;
    rest(body).await;
}

#[tokio::test(start_paused = true)]
async fn a_followed_log_ended_after_as_much_as_was_asked_for() {
    let client = Client::still();
    let (_, path) = pod_of(&client, "cart").await;
    let body = client.send("GET", &format!("{path}&follow=true&limitBytes=50"), "").await.into_body();
    assert_eq!(rest(body).await, 50);
}
