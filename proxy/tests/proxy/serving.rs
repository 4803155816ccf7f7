//! The page, its configuration and our own prefix.

use crate::browser::Browser;
use crate::fake::{Fake, Scenario, Switchable};
use crate::kubeconfig::Kubeconfig;
use crate::program::Program;

#[tokio::test]
async fn the_page_is_public_and_allows_nothing_but_itself() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address);
    for path in ["/", "/index.html"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("inline"), "{policy}");
        for (name, value) in [
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.header(name), Some(value), "{name}");
        }
        let again = browser.with("if-none-match", page.header("etag")).get(path).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    }
}

#[tokio::test]
async fn a_link_to_the_page_works_from_another_site() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let page = Browser::new(program.address).with("sec-fetch-site", Some("cross-site")).get("/").await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn the_page_is_told_where_the_api_is_and_who_it_is() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let answer = Browser::new(program.address).get("/config.json").await;
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let expect = serde_json::json!({
        "mode": "local", "apiBase": "./", "namespace": "team-a", "cluster": "test", "user": "alice",
        "version": env!("CARGO_PKG_VERSION"),
    });
    assert_eq!(answer.json(), expect);
}

#[tokio::test]
async fn readiness_follows_the_api_server_and_health_does_not() {
    let fake = Fake::start(Scenario::Healthy).await;
    let relay = Switchable::before(fake.address).await;
    let kubeconfig = Kubeconfig::plain(relay.address);
    // An answer is good for two seconds, so each has a program that was not asked before.
    let (reaching, cut_off) = (Program::start(&kubeconfig, &[]).await, Program::start(&kubeconfig, &[]).await);
    let ask = async |program: &Program, path: &str| {
        let answer = Browser::new(program.address).with("host", Some("any.example")).get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        (answer.status.as_u16(), answer.text().to_owned())
    };
    assert_eq!(ask(&reaching, "/-/readyz").await, (200, "ok".to_owned()));
    relay.stop().await;
    assert_eq!(ask(&cut_off, "/-/readyz").await, (503, "the API server does not answer".to_owned()));
    assert_eq!(ask(&cut_off, "/-/healthz").await, (200, "ok".to_owned()));
}

#[tokio::test]
async fn an_api_server_that_forbids_its_version_is_one_all_the_same() {
    let fake = Fake::start(Scenario::Answers(axum::http::StatusCode::FORBIDDEN)).await;
    let program = Program::start(&Kubeconfig::plain(fake.address), &[]).await;
    assert_eq!(Browser::new(program.address).get("/-/readyz").await.status, 200);
}

#[tokio::test]
async fn metrics_count_requests_by_their_code() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    browser.get("/api/echo").await;
    browser.get("/api/nothing").await;
    let text = browser.get("/-/metrics").await.text().to_owned();
    assert!(text.contains("pilothouse_requests_total{code=\"4xx\"} 1\n"), "{text}");
    assert!(text.contains("pilothouse_requests_in_flight "), "{text}");
    assert!(!text.contains("/api"), "no path is a label: {text}");
    browser.with("host", Some("evil.example")).get("/-/metrics").await.assert_refused(421, "host");
}

#[tokio::test]
async fn our_own_prefix_never_reaches_the_api_server() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    browser.get("/-/api/echo").await.assert_refused(404, "not-found");
    assert_eq!(fake.requests(), 0);
}
