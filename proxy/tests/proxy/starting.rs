//! Starts that cannot work: each ends with one sentence and exit code 64.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::net::TcpListener;

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::kubeconfig::{Kubeconfig, make_executable};
use crate::program::{Ended, Program, run, run_with};

/// Bounds for what never ends, so that its end need not be awaited for long.
const QUICK: [&str; 4] = ["--connect-timeout", "0.3", "--exec-timeout", "0.3"];

async fn start(kubeconfig: &Kubeconfig, arguments: &[&str]) -> Ended {
    let file = kubeconfig.path();
    let mut all = vec!["--kubeconfig", file.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    all.extend(arguments);
    run(kubeconfig.folder.path(), &all).await
}

#[track_caller]
fn assert_sentence(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, Some(64), "{}", ended.stderr);
    assert_eq!(ended.stdout, "", "no link");
    let said = ended.stderr.trim_end();
    assert!(said.starts_with("pilothouse: ") && said.lines().count() == 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing: {said}");
    }
}

#[tokio::test]
async fn a_missing_kubeconfig() {
    let home = tempfile::tempdir().unwrap();
    assert_sentence(&run(home.path(), &[]).await, &["no kubeconfig at", ".kube/config", "--kubeconfig"]);
    let ended = run(home.path(), &["--kubeconfig", "/nonexistent"]).await;
    assert_sentence(&ended, &["no kubeconfig at /nonexistent"]);
    let ended = run_with(home.path(), &[], &[("KUBECONFIG", "/nowhere")]).await;
    assert_sentence(&ended, &["no kubeconfig at /nowhere"]);
    let ended = run_with(home.path(), &[], &[("PILOTHOUSE_KUBECONFIG", "/neither")]).await;
    assert_sentence(&ended, &["no kubeconfig at /neither"]);
}

#[tokio::test]
async fn a_malformed_kubeconfig() {
    for text in ["clusters: {", "clusters: 1", "- a\n- b", "\u{1}"] {
        let ended = start(&Kubeconfig::of_text(text), &[]).await;
        assert_sentence(&ended, &["kubeconfig is malformed"]);
    }
    assert_sentence(&start(&Kubeconfig::of_text(""), &[]).await, &["no current context"]);
    assert_sentence(&start(&Kubeconfig::new("{}", "{}"), &[]).await, &["context \"test\" cannot be used"]);
}

#[tokio::test]
async fn an_unknown_context() {
    let kubeconfig = Kubeconfig::new("{server: 'https://localhost'}", "{}");
    assert_sentence(&start(&kubeconfig, &["--context", "prod"]).await, &["no context \"prod\"", "test"]);
}

#[tokio::test]
async fn a_client_certificate_that_is_expired_unreadable_or_of_another_key() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let good = params.self_signed(&key).unwrap().pem();
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let expired = params.self_signed(&key).unwrap().pem();
    let other = KeyPair::generate().unwrap().serialize_pem();
    let key = key.serialize_pem();
    let check = async |certificate: &str, key: &str, words: &[&str]| {
        let user = format!(
            "{{client-certificate-data: {}, client-key-data: {}}}",
            BASE64_STANDARD.encode(certificate),
            BASE64_STANDARD.encode(key)
        );
        assert_sentence(&start(&Kubeconfig::new("{server: 'https://127.0.0.1:1'}", &user), &[]).await, words);
    };
    check(&expired, &key, &["client certificate expired on 2020-01-01"]).await;
    check("nonsense", &key, &["client certificate is malformed"]).await;
    check(&good, &other, &["certificates or credentials cannot be used"]).await;
    check(&good, "nonsense", &["certificates or credentials cannot be used"]).await;
    let missing = "{client-certificate: /nonexistent.pem, client-key: /nonexistent.pem}";
    let ended = start(&Kubeconfig::new("{server: 'https://127.0.0.1:1'}", missing), &[]).await;
    assert_sentence(&ended, &["client certificate cannot be read", "/nonexistent.pem"]);
}

#[tokio::test]
async fn a_client_certificate_is_shown_and_the_api_servers_is_checked() {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let issue = |names: Vec<String>| {
        let key = KeyPair::generate().unwrap();
        (CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap(), key)
    };
    let (server, server_key) = issue(vec!["127.0.0.1".into()]);
    let (client, client_key) = issue(Vec::new());

    let mut roots = RootCertStore::empty();
    roots.add(authority_certificate.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let server_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.der().clone()], server_key)
        .unwrap();
    let fake = Fake::start(Scenario::Tls(Arc::new(config))).await;

    let user = format!(
        "{{client-certificate-data: {}, client-key-data: {}}}",
        BASE64_STANDARD.encode(client.pem()),
        BASE64_STANDARD.encode(client_key.serialize_pem())
    );
    let trusting = format!(
        "{{server: 'https://{}', certificate-authority-data: {}}}",
        fake.address,
        BASE64_STANDARD.encode(authority_certificate.pem())
    );
    let program = Program::start(&Kubeconfig::new(&trusting, &user), &[]).await;
    assert_eq!(program.signed_in().await.get("/api/echo").await.status, StatusCode::OK);

    let unknown = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap().cert.pem();
    let wary = format!(
        "{{server: 'https://{}', certificate-authority-data: {}}}",
        fake.address,
        BASE64_STANDARD.encode(unknown)
    );
    let wary = Kubeconfig::new(&wary, &user);
    assert_sentence(&start(&wary, &[]).await, &["cannot be reached", "certificate"]);
    // Somebody has to put that right: a demo does not take its place.
    #[cfg(feature = "demo")]
    {
        let (file, home) = (wary.path(), wary.folder.path());
        let variables = [("KUBECONFIG", file.to_str().unwrap())];
        let ending = run_with(home, &["--or-demo", "--listen", "127.0.0.1:0"], &variables);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(30), ending).await.expect("it serves no demo");
        assert_sentence(&ended, &["cannot be reached", "certificate"]);
    }
}

#[tokio::test]
async fn an_exec_plugin_that_fails_hangs_or_prints_nonsense() {
    let fake = Fake::start(Scenario::Healthy).await;
    let cluster = format!("{{server: 'http://{}'}}", fake.address);
    let check = async |script: &str, mode: &str, arguments: &[&str], words: &[&str]| {
        let user = format!("{{exec: {{command: ./plugin, installHint: Get it., interactiveMode: {mode}}}}}");
        let kubeconfig = Kubeconfig::new(&cluster, &user);
        if !script.is_empty() {
            make_executable(&kubeconfig.write("plugin", &format!("#!/bin/sh\n{script}\n")));
        }
        assert_sentence(&start(&kubeconfig, arguments).await, words);
    };
    check("exit 3", "Never", &[], &["exec plugin", "failed", "3"]).await;
    check("exec sleep 600", "Never", &QUICK, &["exec plugin", "did not end within 300ms"]).await;
    check("echo hello", "Never", &[], &["exec plugin", "printed no credential"]).await;
    check("", "Never", &[], &["exec plugin", "cannot be started", "Get it."]).await;
    check("exit 0", "Always", &[], &["exec plugin", "insists on a terminal"]).await;
    assert_eq!(fake.requests(), 0);
}

#[tokio::test]
async fn a_port_in_use() {
    let fake = Fake::start(Scenario::Healthy).await;
    let kubeconfig = Kubeconfig::plain(fake.address);
    let holder = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let file = kubeconfig.path();
    let arguments = ["--kubeconfig", file.to_str().unwrap(), "--listen", &taken];
    let ended = run(kubeconfig.folder.path(), &arguments).await;
    assert_sentence(&ended, &[&format!("{taken} is in use"), "--listen 127.0.0.1:0"]);
}

#[tokio::test]
async fn an_address_that_others_can_reach() {
    let home = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:7700", "[::]:0", "192.0.2.1:7700"] {
        assert_sentence(&run(home.path(), &["--listen", address]).await, &["loopback only", address]);
    }
}

#[tokio::test]
async fn an_api_server_that_is_down_slow_or_no_api_server() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_sentence(&start(&Kubeconfig::plain(free), &[]).await, &["cannot be reached", "refused"]);
    let silent = Fake::start(Scenario::Silent).await;
    let ended = start(&Kubeconfig::plain(silent.address), &QUICK).await;
    assert_sentence(&ended, &["did not answer within 300ms", "--connect-timeout"]);
    let check = async |scenario: Scenario, words: &[&str]| {
        let fake = Fake::start(scenario).await;
        assert_sentence(&start(&Kubeconfig::plain(fake.address), &[]).await, words);
    };
    check(Scenario::NotHttp, &["not a Kubernetes API server"]).await;
    check(Scenario::WebPage, &["not a Kubernetes API server"]).await;
    check(Scenario::Answers(StatusCode::FOUND), &["not a Kubernetes API server", "302"]).await;
    check(Scenario::Answers(StatusCode::UNAUTHORIZED), &["refused the kubeconfig's credentials"]).await;
}

#[tokio::test]
async fn an_address_of_the_cluster_that_is_none() {
    for server in ["localhost", "ftp://localhost", "/path", "http://"] {
        let ended = start(&Kubeconfig::new(&format!("{{server: '{server}'}}"), "{}"), &[]).await;
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(64), 1), "{server}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_proxy_on_the_way_to_the_cluster_is_told_not_to_be_followed() {
    let proxied = Kubeconfig::new("{server: 'https://localhost', proxy-url: 'http://proxy'}", "{}");
    assert_sentence(&start(&proxied, &[]).await, &["proxy-url http://proxy", "does not support"]);
    for (server, expect) in [("https://api.invalid", true), ("https://127.0.0.1:1", false)] {
        let kubeconfig = Kubeconfig::new(&format!("{{server: '{server}'}}"), "{}");
        let file = kubeconfig.path();
        let arguments = [&["--kubeconfig", file.to_str().unwrap(), "--listen", "127.0.0.1:0"], &QUICK[..]].concat();
        let variables = [("HTTPS_PROXY", "http://proxy:3128")];
        let ended = run_with(kubeconfig.folder.path(), &arguments, &variables).await;
        assert_eq!(ended.code, Some(64));
        assert_eq!(ended.stderr.contains("HTTPS_PROXY is not followed"), expect, "{}", ended.stderr);
    }
}

#[tokio::test]
async fn flags_that_are_wrong() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["--listen", "nowhere"][..], &["--unknown"], &["--connect-timeout", "0"]] {
        let ended = run(home.path(), arguments).await;
        assert_eq!(ended.code, Some(64), "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn help_and_version_are_no_failures() {
    let home = tempfile::tempdir().unwrap();
    let help = run(home.path(), &["--help"]).await;
    assert_eq!(help.code, Some(0));
    for word in ["The link:", "PILOTHOUSE_LISTEN", "Exit codes:", "--allow-proxy-subresource", "HTTPS_PROXY"] {
        assert!(help.stdout.contains(word), "{}", help.stdout);
    }
    assert_eq!(run(home.path(), &["--version"]).await.stdout, concat!("pilothouse ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[tokio::test]
async fn a_link_names_the_loopback_address_that_was_asked_for() {
    let fake = Fake::start(Scenario::Healthy).await;
    let program = Program::start(&Kubeconfig::plain(fake.address), &[]).await;
    assert!(program.link.starts_with(&format!("http://{}/#session=", program.address)));
    assert_eq!(Browser::new(program.address).get("/").await.status, 200);
}
