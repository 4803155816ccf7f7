//! What hostile pages, other programs and other people's cookies get: nothing.

use axum::body::Body;
use axum::http::Request;

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::Kubeconfig;
use crate::program::Program;

#[tokio::test]
async fn a_link_signs_in_one_browser_and_the_next_link_another() {
    let (mut program, fake) = Program::before(Scenario::Healthy).await;
    let first = program.link.clone();
    let mut browser = Browser::new(program.address);
    browser.get("/-/session").await.assert_refused(401, "no-session");
    browser.sign_in(&first).await;
    let who = browser.get("/-/session").await;
    assert_eq!((who.status.as_u16(), who.json()), (200, serde_json::json!({"user": "alice"})));

    let mut other = Browser::new(program.address);
    other.offer(&first).await.assert_refused(401, "stale-link");
    assert_eq!(browser.offer(&first).await.status, 204, "who is signed in may open an old link");
    let next = program.next_line().await;
    assert_ne!(next, first);
    other.sign_in(&next).await;
    assert_eq!(other.get("/api/echo").await.status, 200);
    assert_eq!(fake.requests(), 1);
}

#[tokio::test]
async fn an_offer_of_a_session_must_be_small_json() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address);
    let offer = |kind: &'static str, body: String| {
        browser.send(Request::post("/-/session").header("content-type", kind).body(Body::from(body)).unwrap())
    };
    offer("text/plain", "{}".into()).await.assert_refused(415, "content-type");
    for body in ["", "[]", "{}", "{\"secret\":1}"] {
        offer("application/json", body.into()).await.assert_refused(400, "session-request");
    }
    let long = format!("{{\"secret\":\"{}\"}}", "x".repeat(1 << 16));
    offer("application/json", long).await.assert_refused(400, "session-request");
    offer("application/json", "{\"secret\":\"\"}".into()).await.assert_refused(401, "stale-link");
}

#[tokio::test]
async fn nothing_of_the_api_without_a_session() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address);
    for path in ["/api", "/api/echo", "/apis", "/version", "/openapi/v3", "/healthz", "/anything", "/favicon.ico"] {
        browser.get(path).await.assert_refused(401, "no-session");
    }
    let answer = browser.get("/api").await;
    let message = "No session. Open the link that pilothouse printed when it started.";
    assert_eq!(answer.json()["message"], message);
    assert_eq!(
        answer.header("content-security-policy").unwrap(),
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    );
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn a_forged_cookie_and_another_programs_cookie_are_no_session() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let (other, _other_fake) = Program::before(Scenario::Healthy).await;
    let stranger = other.signed_in().await;
    let theirs = stranger.headers["cookie"].to_str().unwrap().to_owned();
    let value = theirs.split_once('=').unwrap().1;
    let name = format!("pilothouse-{}", program.address.port());
    let browser = Browser::new(program.address);
    for cookie in [theirs.as_str(), &format!("{name}={value}"), &format!("{name}=forged"), &format!("{name}=")] {
        browser.with("cookie", Some(cookie)).get("/api/echo").await.assert_refused(401, "no-session");
    }
    assert_eq!(fake.requests(), 0);
    let rightful = program.signed_in().await;
    assert_eq!(rightful.get("/api/echo").await.status, 200);
}

#[tokio::test]
async fn a_rebinding_host_gets_nothing_not_even_the_page() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await.with("host", Some(&format!("evil.example:{}", program.address.port())));
    for path in ["/", "/config.json", "/-/session", "/-/metrics", "/api/echo"] {
        browser.get(path).await.assert_refused(421, "host");
    }
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn another_origin_gets_nothing_even_with_the_cookie() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let neighbour = format!("http://127.0.0.1:{}", program.address.port() ^ 1);
    for origin in [neighbour.as_str(), "http://evil.example", "null", "https://127.0.0.1"] {
        browser.with("origin", Some(origin)).get("/api/echo").await.assert_refused(403, "origin");
        let socket = browser.upgrade("/api/socket", Some(origin)).await;
        assert_eq!(socket.status(), 403, "{origin}");
    }
    assert_eq!(browser.upgrade("/api/socket", None).await.status(), 403);
    for site in ["cross-site", "same-site"] {
        browser.with("sec-fetch-site", Some(site)).get("/api/echo").await.assert_refused(403, "origin");
    }
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn a_preflight_is_refused() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address).with("sec-fetch-site", None);
    let request = Request::options("/api/echo")
        .header("origin", "http://evil.example")
        .header("access-control-request-method", "PUT");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    answer.assert_refused(403, "origin");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_write_without_a_telling_content_type_is_refused() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let write = |method: &'static str, headers: &'static [(&'static str, &'static str)]| {
        let mut request = Request::builder().method(method).uri("/api/echo");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        browser.send(request.body(Body::from("{}")).unwrap())
    };
    write("POST", &[]).await.assert_refused(415, "content-type");
    write("POST", &[("content-type", "text/plain")]).await.assert_refused(415, "content-type");
    write("DELETE", &[]).await.assert_refused(415, "content-type");
    assert_eq!(fake.requests(), 0);
    assert_eq!(write("POST", &[("content-type", "application/json")]).await.status, 200);
    assert_eq!(write("PATCH", &[("content-type", "application/merge-patch+json")]).await.status, 200);
    assert_eq!(write("DELETE", &[("x-pilothouse-request", "1")]).await.status, 200);
}

#[tokio::test]
async fn proxy_subresources_are_off_unless_allowed_by_name() {
    let fake = Fake::start(Scenario::Healthy).await;
    let kubeconfig = Kubeconfig::plain(fake.address);
    let program = Program::start(&kubeconfig, &[]).await;
    let browser = program.signed_in().await;
    for path in ["/api/v1/nodes/n/proxy/", "/api/v1/nodes/n/%70roxy/", "/api/v1/proxy/nodes/n"] {
        browser.get(path).await.assert_refused(403, "proxy-subresource");
    }
    browser.get("/api/v1/nodes/n//proxy/").await.assert_refused(400, "path");
    browser.get("/api/v1/x/../nodes/n/proxy/").await.assert_refused(400, "path");
    assert_eq!(fake.requests(), 0);

    let program = Program::start(&kubeconfig, &["--allow-proxy-subresource", "nodes"]).await;
    let browser = program.signed_in().await;
    assert_eq!(browser.get("/api/v1/nodes/n/proxy/").await.status, 200);
    browser.get("/api/v1/namespaces/d/pods/p/proxy/").await.assert_refused(403, "proxy-subresource");
}
