//! Connections to the API server: kept where that is safe, replaced where one was closed meanwhile.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;

use crate::fake::{Fake, Scenario, Switchable};
use crate::kubeconfig::Kubeconfig;
use crate::program::Program;

/// One for each worker, and the one that was used at the start.
fn most_kept() -> usize {
    std::thread::available_parallelism().unwrap().get() + 1
}

#[tokio::test]
async fn one_request_after_the_other_takes_one_connection_a_worker() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    for _ in 0..10 {
        assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
        let count = Request::post("/api/count").header("content-type", "application/json").body(Body::from("{}"));
        assert_eq!(browser.send(count.unwrap()).await.text(), "2");
        assert_eq!(browser.send(Request::head("/api/echo").body(Body::empty()).unwrap()).await.status, StatusCode::OK);
        assert_eq!(browser.get("/api/nothing").await.status, StatusCode::NOT_FOUND);
    }
    assert!(fake.connections() <= most_kept(), "{} connections", fake.connections());
}

#[tokio::test]
async fn answers_at_the_same_time_take_a_connection_each() {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    let mut bodies = Vec::new();
    for _ in 0..6 {
        let mut body = browser.stream(Request::get("/api/halves").body(Body::empty()).unwrap()).await.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first");
        bodies.push(body);
    }
    assert!(fake.connections() >= bodies.len());
    for body in bodies {
        fake.seen.second_half.notify_one();
        drop(body);
    }
    assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_connection_whose_answer_was_left_unread_answers_nobody_else() {
    let (program, _fake) = Program::before(Scenario::Healthy).await;
    let browser = program.signed_in().await;
    for _ in 0..10 {
        let mut body = browser.stream(Request::get("/api/mebibytes/8").body(Body::empty()).unwrap()).await.into_body();
        assert!(body.frame().await.unwrap().is_ok());
        drop(body);
        assert!(browser.get("/api/echo").await.text().starts_with("GET /api/echo\n"));
    }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_meanwhile_costs_no_request() {
    let fake = Fake::start(Scenario::Healthy).await;
    let mut relay = Switchable::before(fake.address).await;
    let program = Program::start(&Kubeconfig::plain(relay.address), &[]).await;
    let browser = program.signed_in().await;
    for _ in 0..5 {
        for _ in 0..most_kept() {
            assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
        }
        relay = Switchable::at(relay.stop().await, fake.address).await;
    }
    assert_eq!(browser.get("/api/echo").await.status, StatusCode::OK);
    drop(relay);
}
