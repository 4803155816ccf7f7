//! From the link to the end of the process, and what it says meanwhile.

use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::{Kubeconfig, make_executable};
use crate::program::Program;

#[tokio::test]
async fn a_request_under_way_is_served_to_its_end_after_sigterm() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let request = Request::get("/api/halves").body(Body::empty()).unwrap();
    let mut body = browser.stream(request).await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first");
    program.signal("TERM").await;
    while TcpStream::connect(program.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    fake.seen.second_half.notify_one();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "second");
    assert!(program.end().await.0.success());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let request = Request::get("/api/halves").body(Body::empty()).unwrap();
    let body = program.signed_in().await.stream(request).await.into_body();
    program.signal("INT").await;
    while TcpStream::connect(program.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    program.signal("INT").await;
    assert!(program.end().await.0.success());
    assert!(body.collect().await.is_err());
}

#[tokio::test]
async fn a_browser_that_runs_in_the_foreground_does_not_keep_the_program_from_ending() {
    let fake = Fake::start(Scenario::Healthy).await;
    let kubeconfig = Kubeconfig::plain(fake.address);
    make_executable(&kubeconfig.write("xdg-open", "#!/bin/sh\necho \"$$ $1\" >\"$HOME/opened\"\nexec sleep 600\n"));
    let (file, home) = (kubeconfig.path(), kubeconfig.folder.path());
    let arguments = ["--kubeconfig", file.to_str().unwrap(), "--listen", "127.0.0.1:0", "--open"];
    let program = Program::run_beside(home, &arguments).await;
    let opened = loop {
        match std::fs::read_to_string(home.join("opened")) {
            Ok(line) if line.ends_with('\n') => break line,
            _ => tokio::task::yield_now().await,
        }
    };
    let (browser, page) = opened.trim_end().split_once(' ').unwrap();
    assert!(std::fs::read_to_string(page).unwrap().contains(&program.link));
    program.signal("TERM").await;
    let ended = tokio::time::timeout(Duration::from_secs(20), program.end()).await;
    assert!(Command::new("kill").arg(browser).status().await.unwrap().success(), "the browser stays");
    assert!(ended.expect("it heeds the signal").0.success());
    assert!(!Path::new(page).exists(), "the page with the secret goes");
}

#[tokio::test]
async fn the_log_has_no_secret_at_any_level() {
    let fake = Fake::start(Scenario::Healthy).await;
    let kubeconfig = Kubeconfig::plain(fake.address);
    let program = Program::start(&kubeconfig, &["--log-level", "trace", "--log-format", "json"]).await;
    let link = program.link.clone();
    let browser = program.signed_in().await;
    let cookie = browser.headers["cookie"].to_str().unwrap().split_once('=').unwrap().1.to_owned();
    let answer = browser.with("authorization", Some("Bearer of-the-browser")).get("/api/echo?token=of-the-query").await;
    assert_eq!(answer.status, 200);
    Browser::new(program.address).offer("http://x/#session=wrong-secret").await;
    program.signal("TERM").await;
    let (status, said) = program.end().await;
    assert!(status.success());
    assert!(said.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{said}");
    assert!(said.contains("\"path\":\"/api/echo\""), "{said}");
    let secret = link.split_once("#session=").unwrap().1;
    for word in [secret, &cookie, "of-the-browser", "of-the-query", "wrong-secret", "s3cret-token"] {
        assert!(!said.contains(word), "{word} stands in the log");
    }
}
