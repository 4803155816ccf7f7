//! `pilothouse demo`: a cluster without a cluster, through the same guards.

use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::browser::{Answer, Browser};
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::Kubeconfig;
use crate::program::Program;

const PODS: &str = "/api/v1/namespaces/shop/pods";

/// A demo, and the kubeconfig that it wrote.
async fn demo(arguments: &[&str]) -> (Program, Value, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("demo.kubeconfig");
    let mut all = vec!["demo", "--listen", "127.0.0.1:0", "--write-kubeconfig", file.to_str().unwrap()];
    all.extend(arguments);
    let program = Program::run(home.path(), &all).await;
    let kubeconfig = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    (program, kubeconfig, home)
}

/// What a program without a browser's ways gets.
async fn get(program: &Program, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut client = Browser::new(program.address).with("sec-fetch-site", None);
    headers.iter().for_each(|(name, value)| client.set(name, value));
    client.get(path).await
}

#[tokio::test]
async fn a_demo_shows_its_cluster_to_whoever_opened_the_link() {
    let (program, ..) = demo(&[]).await;
    let browser = program.signed_in().await;
    let config = browser.get("/config.json").await.json();
    assert_eq!((config["mode"].as_str(), config["cluster"].as_str()), (Some("demo"), Some("demo")));
    // Where those start who may not list all.
    assert_eq!(config["namespace"], "shop");
    let nodes = browser.get("/api/v1/nodes").await.json();
    assert_eq!(nodes["items"].as_array().unwrap().len(), 12);
    assert!(browser.get("/-/readyz").await.status.is_success());
    Browser::new(program.address).get("/api/v1/nodes").await.assert_refused(401, "no-session");
}

#[tokio::test]
async fn the_flags_choose_the_size_the_cast_and_the_speed() {
    let uids = async |seed: &str| {
        let arguments = ["--nodes", "3", "--pods", "60", "--seed", seed, "--pace", "100"];
        let (program, _, _home) = demo(&arguments).await;
        let browser = program.signed_in().await;
        let uids = async |path: &str| {
            let list = browser.get(path).await.json();
            let items = list["items"].as_array().unwrap().iter();
            items.map(|item| item["metadata"]["uid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!((40..90).contains(&uids("/api/v1/pods").await.len()), "about 60 pods");
        // A hundred times as fast: each node renews its lease every 10 s, and of three some does so within a second.
        let leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?watch=1&timeoutSeconds=1";
        let events = browser.get(leases).await;
        assert!(events.text().contains("\"MODIFIED\""), "no lease is renewed: {}", events.text());
        uids("/api/v1/nodes").await
    };
    let (one, other, again) = (uids("1").await, uids("2").await, uids("1").await);
    assert_eq!((one.len(), other.len()), (3, 3));
    assert_eq!(one, again, "the same seed is the same cluster");
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_watch_of_the_demo_comes_over_a_web_socket() {
    let (program, ..) = demo(&[]).await;
    let browser = program.signed_in().await;
    let path = format!("{PODS}?watch=1");
    let mut answer = browser.upgrade(&path, Some(&browser.origin())).await;
    assert_eq!(answer.status(), 101);
    let mut socket = TokioIo::new(hyper::upgrade::on(&mut answer).await.unwrap());
    assert_eq!(socket.read_u8().await.unwrap(), 0x81, "a text frame");
    assert_eq!(socket.read_u8().await.unwrap(), 126, "of middle length");
    let length = socket.read_u16().await.unwrap();
    let mut text = vec![0; usize::from(length)];
    socket.read_exact(&mut text).await.unwrap();
    let event: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((event["type"].as_str(), event["object"]["kind"].as_str()), (Some("ADDED"), Some("Pod")));
    // A close is answered with one, after what was under way.
    socket.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await.unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(&[0x88, 2, 3, 232]));
}

#[tokio::test]
async fn a_users_token_stands_in_for_the_cookie_but_from_no_web_page() {
    let (program, kubeconfig, _home) = demo(&[]).await;
    let token = |number: usize| kubeconfig["users"][number]["user"]["token"].as_str().unwrap().to_owned();
    let (admin, viewer) = (format!("Bearer {}", token(0)), format!("Bearer {}", token(1)));
    let secrets = "/api/v1/secrets";
    assert_eq!(get(&program, secrets, &[("authorization", &admin)]).await.status, 200);
    assert_eq!(get(&program, secrets, &[("authorization", &viewer)]).await.status, 403);
    let origin = format!("http://{}", program.address);
    for headers in [
        &[("authorization", "Bearer x")][..],
        &[("authorization", &admin), ("origin", &origin)],
        &[("authorization", &admin), ("sec-fetch-site", "same-origin")],
        &[("x-pilothouse-demo-user", "admin")],
        &[],
    ] {
        get(&program, secrets, headers).await.assert_refused(401, "no-session");
    }
}

#[tokio::test]
async fn kubectl_finds_the_token_in_the_servers_path() {
    let (program, kubeconfig, _home) = demo(&[]).await;
    let server = kubeconfig["clusters"][2]["cluster"]["server"].as_str().unwrap();
    let path = server.strip_prefix(&format!("http://{}", program.address)).unwrap();
    assert_eq!(get(&program, &format!("{path}{PODS}"), &[]).await.status, 200);
    assert_eq!(get(&program, &format!("{path}/api/v1/nodes"), &[]).await.status, 403, "of one namespace only");
    get(&program, &format!("/-/token/x{PODS}"), &[]).await.assert_refused(401, "no-session");
    let origin = format!("http://{}", program.address);
    get(&program, &format!("{path}{PODS}"), &[("origin", &origin)]).await.assert_refused(401, "no-session");
}

#[tokio::test]
async fn the_page_may_act_as_somebody_else() {
    let (program, ..) = demo(&[]).await;
    let browser = program.signed_in().await;
    let choose = |user: &str| {
        let request = Request::put("/-/session/user").header("content-type", "application/json");
        request.body(Body::from(serde_json::json!({ "user": user }).to_string())).unwrap()
    };
    assert_eq!(browser.get("/-/session").await.json()["user"], "admin");
    assert_eq!(browser.send(choose("viewer")).await.status, 204);
    assert_eq!(browser.get("/-/session").await.json()["user"], "viewer");
    assert_eq!(browser.get("/api/v1/secrets").await.status, 403);
    browser.send(choose("nobody")).await.assert_refused(422, "unknown-user");
    Browser::new(program.address).send(choose("admin")).await.assert_refused(401, "no-session");
}

#[tokio::test]
async fn without_a_cluster_the_demo_takes_its_place_where_that_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    let program = Program::run(home.path(), &["--or-demo", "--listen", "127.0.0.1:0"]).await;
    let browser = program.signed_in().await;
    assert_eq!(browser.get("/config.json").await.json()["mode"], "demo");
}

#[tokio::test]
async fn the_demo_takes_the_place_of_a_cluster_that_is_not_there_or_too_slow() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = Fake::start(Scenario::Silent).await;
    for address in [nobody, silent.address] {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".kube")).unwrap();
        std::fs::copy(Kubeconfig::plain(address).path(), home.path().join(".kube/config")).unwrap();
        let arguments = ["--or-demo", "--listen", "127.0.0.1:0", "--connect-timeout", "0.3"];
        let program = Program::run(home.path(), &arguments).await;
        assert_eq!(program.signed_in().await.get("/config.json").await.json()["mode"], "demo");
    }
}

#[tokio::test]
async fn the_kubeconfig_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_program, _kubeconfig, home) = demo(&[]).await;
    let mode = std::fs::metadata(home.path().join("demo.kubeconfig")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
