//! What crosses the proxy: requests, answers, and streams in both directions.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::channel::Channel;

use crate::fake::{Fake, Scenario};
use crate::kubeconfig::{Kubeconfig, make_executable};
use crate::program::Program;

/// What a whole process may have resident, whatever it streams.
const PEAK_KIB: u64 = 30 << 10;

#[tokio::test]
async fn the_api_server_sees_the_kubeconfigs_identity_and_no_other() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let request = Request::get("/api/echo?watch=0&pretty=0")
        .header("authorization", "Bearer stolen")
        .header("impersonate-user", "admin")
        .header("x-remote-user", "admin")
        .header("x-forwarded-for", "192.0.2.1")
        .header("accept", "application/json");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    let mut lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(lines.remove(0), "GET /api/echo?watch=0&pretty=0");
    lines.retain(|line| !line.starts_with("host: "));
    lines.sort_unstable();
    assert_eq!(lines, ["accept: application/json", "authorization: Bearer s3cret-token"]);
}

#[tokio::test]
async fn the_log_told_a_path_that_may_hold_a_token() {
    let fake = Fake::start(Scenario::Healthy).await;
    let cluster = format!("{{server: 'http://{}/prefix/'}}", fake.address);
    let program = Program::start(&Kubeconfig::new(&cluster, "{}"), &[]).await;
    program.signal("TERM").await;
    let (_, said) = program.end().await;
    assert!(said.contains(&format!("api_server=\"{}\"", fake.address)), "{said}");
    assert!(!said.contains("prefix"), "{said}");
}

#[tokio::test]
async fn the_kubeconfigs_own_impersonation_is_kept() {
    let fake = Fake::start(Scenario::Healthy).await;
    let cluster = format!("{{server: 'http://{}/prefix/'}}", fake.address);
    let kubeconfig = Kubeconfig::new(&cluster, "{username: u, password: p, as: bob, as-groups: [g, h]}");
    let program = Program::start(&kubeconfig, &[]).await;
    let answer = program.signed_in().await.get("/api/echo").await;
    let text = answer.text();
    assert!(text.starts_with("GET /prefix/api/echo\n"), "{text}");
    for line in
        ["authorization: Basic dTpw\n", "impersonate-user: bob\n", "impersonate-group: g\nimpersonate-group: h\n"]
    {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn a_token_file_and_an_exec_plugin_give_the_token() {
    let fake = Fake::start(Scenario::Healthy).await;
    let cluster = format!("{{server: 'http://{}'}}", fake.address);
    let kubeconfig = Kubeconfig::new(&cluster, "{tokenFile: token}");
    kubeconfig.write("token", "from-a-file");
    let program = Program::start(&kubeconfig, &[]).await;
    let answer = program.signed_in().await.get("/api/echo").await;
    assert!(answer.text().contains("authorization: Bearer from-a-file\n"), "{answer:?}");

    let exec = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never, \
                env: [{name: WORD, value: plugin}]}}";
    let kubeconfig = Kubeconfig::new(&cluster, exec);
    let plugin = kubeconfig.write(
        "plugin",
        "#!/bin/sh\ncase \"$KUBERNETES_EXEC_INFO\" in *ExecCredential*) ;; *) exit 1 ;; esac\n\
         echo '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"from-a-'$WORD'\"}}'\n",
    );
    make_executable(&plugin);
    let program = Program::start(&kubeconfig, &[]).await;
    let answer = program.signed_in().await.get("/api/echo").await;
    assert!(answer.text().contains("authorization: Bearer from-a-plugin\n"), "{answer:?}");
}

#[tokio::test]
async fn an_answer_can_neither_speak_for_our_origin_nor_act_as_a_page() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let answer = program.signed_in().await.get("/api/speaks-for-us").await;
    for name in ["set-cookie", "access-control-allow-origin", "www-authenticate", "x-pilothouse"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert_eq!(answer.header("warning"), Some("299 - \"deprecated\""));
    assert_eq!(answer.header("content-security-policy"), Some("sandbox; default-src 'none'; frame-ancestors 'none'"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_redirect_is_handed_back_and_not_followed() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let answer = program.signed_in().await.get("/api/redirect").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some("http://192.0.2.1/")));
    assert_eq!(fake.requests(), 1);
}

#[tokio::test]
async fn an_answer_streams_as_it_comes() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let request = Request::get("/api/halves").body(Body::empty()).unwrap();
    let mut body = program.signed_in().await.stream(request).await.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, "first");
    fake.seen.second_half.notify_one();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "second");
}

#[tokio::test]
async fn an_answer_that_breaks_off_breaks_off_for_the_browser_too() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let request = Request::get("/api/breaks-off").body(Body::empty()).unwrap();
    let mut body = program.signed_in().await.stream(request).await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first");
    fake.seen.second_half.notify_one();
    assert!(body.collect().await.is_err());
}

#[tokio::test]
async fn large_answers_and_requests_pass_in_constant_memory() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let mut body = browser.stream(Request::get("/api/mebibytes/200").body(Body::empty()).unwrap()).await.into_body();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        total += frame.unwrap().into_data().unwrap().len();
    }
    assert_eq!(total, 200 << 20);

    let (mut sender, body) = Channel::<Bytes>::new(1);
    tokio::spawn(async move {
        let chunk = Bytes::from(vec![b'x'; 1 << 20]);
        for _ in 0..100 {
            sender.send_data(chunk.clone()).await.unwrap();
        }
    });
    let request = Request::post("/api/count").header("content-type", "application/json").body(Body::new(body));
    assert_eq!(browser.send(request.unwrap()).await.text(), (100 << 20).to_string());
    assert!(program.peak_kib() <= PEAK_KIB, "{} KiB", program.peak_kib());
}

#[tokio::test]
async fn an_api_server_that_goes_away_is_a_status_and_is_found_again() {
    let fake = Fake::start(Scenario::Healthy).await;
    let stand_in = crate::fake::Switchable::before(fake.address).await;
    let program = Program::start(&Kubeconfig::plain(stand_in.address), &[]).await;
    let browser = program.signed_in().await;
    assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
    let address = stand_in.stop().await;
    // The first may still find a kept connection, and lose it; the second has to make a new one.
    assert_eq!(browser.get("/api/echo").await.status, StatusCode::BAD_GATEWAY);
    browser.get("/api/echo").await.assert_refused(502, "upstream-unreachable");
    let again = crate::fake::Switchable::at(address, fake.address).await;
    assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
    drop(again);
}

#[tokio::test]
async fn an_api_server_that_never_answers_leaves_other_requests_alone() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = Arc::new(program.signed_in().await);
    let waiting = Arc::clone(&browser);
    let hanging = tokio::spawn(async move { waiting.get("/api/halves").await });
    for _ in 0..20 {
        assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
    }
    assert!(!hanging.is_finished());
    hanging.abort();
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let head = |path: &str| Request::head(path).body(Body::empty()).unwrap();
    for path in ["/", "/api/echo"] {
        let answer = browser.send(head(path)).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0), "{path}");
        assert!(answer.header("content-length").is_some(), "{path}");
    }
}
