//! Requests that no browser sends: whatever comes, the program stays up and answers the next one.

use std::io::ErrorKind;

use pilothouse::server::connections::most_connections;
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{Browser, send_raw};
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::Kubeconfig;
use crate::program::Program;

#[tokio::test]
async fn malformed_requests_get_an_error_or_nothing() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let host = program.address;
    let cookie = program.signed_in().await.headers["cookie"].to_str().unwrap().to_owned();
    let end = format!("Host: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    let long = "x".repeat(1 << 20);
    let many = "a: b\r\n".repeat(1000);
    for request in [
        "\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
        format!("GET * HTTP/1.1\r\n{end}"),
        format!("OPTIONS * HTTP/1.1\r\n{end}"),
        format!("CONNECT {host} HTTP/1.1\r\n{end}"),
        format!("TRACE /api/echo HTTP/1.1\r\n{end}"),
        format!("GET http://192.0.2.1/api/echo HTTP/1.1\r\n{end}"),
        format!("GET //192.0.2.1/api/echo HTTP/1.1\r\n{end}"),
        format!("GET /api/%2e%2e/echo HTTP/1.1\r\n{end}"),
        format!("GET /api/echo HTTP/1.1\r\nHost: {host}\r\n{end}"),
        format!("GET /api/echo HTTP/1.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"),
        format!("GET /api/{long} HTTP/1.1\r\n{end}"),
        format!("GET /api/echo HTTP/1.1\r\nX: {long}\r\n{end}"),
        format!("GET /api/echo HTTP/1.1\r\n{many}{end}"),
        format!("POST /api/echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n{end}"),
        format!("POST /api/echo HTTP/1.1\r\nContent-Length: -1\r\n{end}"),
        format!("POST /api/echo HTTP/1.1\r\nTransfer-Encoding: x\r\n{end}"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0".to_owned(),
    ] {
        let answer = send_raw(host, request.as_bytes()).await;
        let shown: String = request.chars().take(60).collect();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{shown:?}: {answer}");
    }
    assert_eq!(fake.requests(), 0);
    assert_eq!(Browser::new(program.address).get("/-/healthz").await.status, 200);
}

#[tokio::test]
async fn two_lengths_in_one_request_do_not_smuggle_a_second() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let host = program.address;
    let cookie = program.signed_in().await.headers["cookie"].to_str().unwrap().to_owned();
    let hidden = format!("GET /api/v1/nodes/n/proxy/ HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
    let request = format!(
        "POST /api/echo HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n{hidden}",
        hidden.len() + 5
    );
    let answer = send_raw(host, request.as_bytes()).await;
    assert!(answer.matches("HTTP/1.1").count() <= 1, "{answer}");
    assert!(fake.requests() <= 1);
}

#[tokio::test]
async fn more_connections_than_there_are_places_for_wait_until_one_ends() {
    const FILES: usize = 256;
    let fake = Fake::start(Scenario::Healthy).await;
    let kubeconfig = Kubeconfig::plain(fake.address);
    let file = kubeconfig.path();
    let arguments = ["--kubeconfig", file.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let mut program = Program::run_with_files(kubeconfig.folder.path(), FILES, &arguments).await;
    let browser = program.signed_in().await;
    // A socket is no less a connection than the others.
    let mut socket = browser.upgrade("/api/socket", Some(&browser.origin())).await;
    let socket = hyper::upgrade::on(&mut socket).await.unwrap();
    let mut idle = Vec::new();
    for _ in 1..most_connections(FILES, std::thread::available_parallelism().unwrap().get()) {
        idle.push(TcpStream::connect(program.address).await.unwrap());
    }
    program.says("further ones wait until one of them ends").await;
    let mut late = TcpStream::connect(program.address).await.unwrap();
    late.write_all(b"GET /-/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert_eq!(late.try_read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(socket);
    let mut answer = String::new();
    late.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(idle);
}

#[tokio::test]
async fn no_request_brings_the_program_down() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let host = program.address;
    let cookie = program.signed_in().await.headers["cookie"].to_str().unwrap().to_owned();
    let requests = (
        "(GET|HEAD|POST|OPTIONS|CONNECT|[A-Z]{1,8})",
        "/?[!-~\u{e9}]{0,30}",
        proptest::collection::vec(("[A-Za-z-]{1,16}", "[ -~\u{80}-\u{ff}]{0,24}"), 0..6),
        any::<bool>(),
    );
    let mut runner = TestRunner::new_with_rng(
        Config { failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..200 {
        let (method, target, headers, signed_in) = requests.new_tree(&mut runner).unwrap().current();
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        if signed_in {
            request.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let answer = send_raw(host, request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 "), "{request:?}: {answer}");
    }
    assert_eq!(Browser::new(program.address).get("/-/healthz").await.status, 200);
    program.signal("TERM").await;
    let (status, said) = program.end().await;
    assert!(status.success() && !said.contains("panicked"), "{said}");
}
