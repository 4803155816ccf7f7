//! Lists of which only some fields are asked for.

use std::io::Read;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;

use crate::browser::{Answer, Browser};
use crate::fake::Scenario;
use crate::program::Program;

/// What the proxy may have resident while it masks, whatever the list's length.
const PEAK_KIB: u64 = 40 << 10;

fn ask(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::get(path).header("accept", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).unwrap()
}

fn unpacked(answer: &Answer) -> serde_json::Value {
    let mut text = String::new();
    flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn lean(browser: &Browser, path: &str) -> Answer {
    let mask = ("pilothouse-fields", "metadata(name),status(phase)");
    browser.send(ask(path, &[mask, ("accept-encoding", "gzip, br")])).await
}

#[tokio::test]
async fn a_list_has_the_fields_that_were_asked_for_and_no_others() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let answer = lean(&program.signed_in().await, "/api/pods/2").await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!((answer.header("etag"), answer.header("content-length")), (None, None));
    let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(vary, ["origin", "accept, accept-encoding, pilothouse-fields"]);
    let pod = |name: &str| serde_json::json!({ "metadata": { "name": name }, "status": { "phase": "Running" } });
    let expect = serde_json::json!({
        "kind": "PodList",
        // The API server is on this machine, so it was asked not to pack; and it saw no mask.
        "metadata": { "resourceVersion": "identity false", "continue": "c" },
        "items": [pod("pod-0"), pod("pod-1")],
    });
    assert_eq!(unpacked(&answer), expect);
}

#[tokio::test]
async fn whoever_asks_for_no_fields_gets_the_api_servers_own_bytes() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let answer = browser.send(ask("/api/pods/1", &[])).await;
    assert_eq!((answer.header("etag"), answer.header("content-encoding")), (Some("\"1\""), None));
    assert!(answer.text().contains("managedFields"));
    // So does a watch, and whoever asks for a Table.
    let mask = ("pilothouse-fields", "a");
    for request in [
        ask("/api/pods/1?watch=1", &[mask]),
        Request::get("/api/pods/1").header("accept", "application/json;as=Table").body(Body::empty()).unwrap(),
        ask("/api/echo", &[mask]),
    ] {
        let answer = browser.send(request).await;
        assert!(answer.text().contains("managedFields") || answer.text().starts_with("GET /api/echo"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_mask_that_cannot_be_read_is_a_status() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    browser.send(ask("/api/pods/1", &[("pilothouse-fields", "a((")])).await.assert_refused(400, "fields");
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn a_list_that_ends_in_the_middle_breaks_off_for_the_browser() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    for coding in ["gzip", "identity"] {
        let request = ask("/api/pods-cut", &[("pilothouse-fields", "a"), ("accept-encoding", coding)]);
        let mut body = browser.stream(request).await.into_body();
        assert!(body.frame().await.unwrap().is_ok());
        fake.seen.second_half.notify_one();
        assert!(body.collect().await.is_err(), "{coding}");
    }
}

#[tokio::test]
async fn the_first_rows_come_before_the_last_are_there() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let request = ask("/api/pods-slowly", &[("pilothouse-fields", "a"), ("accept-encoding", "gzip")]);
    let mut body = program.signed_in().await.stream(request).await.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let mut text = [0; 18];
    flate2::read::GzDecoder::new(&first[..]).read_exact(&mut text).unwrap();
    assert_eq!(&text, br#"{"items":[{"a":1},"#);
    fake.seen.second_half.notify_one();
    assert!(body.collect().await.is_ok());
}

#[tokio::test]
async fn a_long_list_is_masked_in_constant_memory() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let answer = lean(&browser, "/api/pods/20000").await;
    assert!(answer.body.len() < 2_000_000, "{} bytes", answer.body.len());
    assert_eq!(unpacked(&answer)["items"].as_array().unwrap().len(), 20_000);
    assert!(program.peak_kib() <= PEAK_KIB, "{} KiB", program.peak_kib());
    let metrics = browser.get("/-/metrics").await;
    assert!(metrics.text().contains("pilothouse_lean_lists_total 1\n"), "{}", metrics.text());
    let sent = format!("pilothouse_lean_sent_bytes_total {}\n", answer.body.len());
    assert!(metrics.text().contains(&sent), "{}", metrics.text());
}
