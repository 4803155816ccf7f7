//! WebSockets: joined byte for byte, and closed where they do not come about.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::program::Program;

/// A program, its API server, and a socket of its rightful user.
async fn joined() -> (Program, Fake, Browser, TokioIo<Upgraded>) {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let mut answer = browser.upgrade("/api/socket", Some(&browser.origin())).await;
    assert_eq!(answer.status(), 101);
    assert_eq!(answer.headers()["sec-websocket-accept"], "x");
    let socket = TokioIo::new(hyper::upgrade::on(&mut answer).await.unwrap());
    (program, fake, browser, socket)
}

#[tokio::test]
async fn a_socket_is_joined_byte_for_byte() {
    let (_program, _fake, _browser, socket) = joined().await;
    let sent: Vec<u8> = (0..4_000_000_u32).map(|number| number.to_le_bytes()[usize::from(number as u8 % 3)]).collect();
    let (mut read, mut write) = tokio::io::split(socket);
    let copy = sent.clone();
    tokio::spawn(async move {
        write.write_all(&copy).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let mut got = Vec::new();
    read.read_to_end(&mut got).await.unwrap();
    assert!(got == sent, "{} of {} bytes", got.len(), sent.len());
}

#[tokio::test]
async fn open_sockets_are_counted() {
    let (_program, _fake, browser, mut socket) = joined().await;
    socket.write_all(b"x").await.unwrap();
    socket.read_u8().await.unwrap();
    let text = browser.get("/-/metrics").await.text().to_owned();
    assert!(text.contains("pilothouse_upgrades_open 1\n"), "{text}");
}

#[tokio::test]
async fn a_socket_without_a_session_is_refused() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address);
    let answer = browser.upgrade("/api/socket", Some(&browser.origin())).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn an_answer_other_than_switching_ends_the_connection() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let answer = browser.upgrade("/api/echo", Some(&browser.origin())).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["connection"].to_str().unwrap()), (200, "close"));
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert!(text.contains("\nupgrade: websocket\n") && text.contains("\norigin: http://"), "{text}");
}

#[tokio::test]
async fn a_switch_that_nobody_asked_for_is_an_error() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    program.signed_in().await.get("/api/switches-unasked").await.assert_refused(502, "upstream-broken");
}

#[tokio::test]
async fn another_protocol_is_not_mentioned_to_the_api_server() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let request = Request::get("/api/echo")
        .header("origin", browser.origin())
        .header("connection", "Upgrade, HTTP2-Settings")
        .header("upgrade", "h2c")
        .header("http2-settings", "AAMAAABkAAQAAP__");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    assert!(!answer.text().contains("upgrade") && !answer.text().contains("http2"), "{answer:?}");
}

#[tokio::test]
async fn the_end_of_the_process_closes_open_sockets() {
    let (program, _fake, _browser, mut socket) = joined().await;
    program.signal("TERM").await;
    let mut rest = Vec::new();
    // Closed or reset, but not left open.
    let _ = socket.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    assert!(program.end().await.0.success());
}
