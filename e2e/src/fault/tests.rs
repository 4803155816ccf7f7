//! The proxy before a server that says what it was asked for.

use std::convert::Infallible;
use std::fs;

use bytes::Bytes;
use http_body_util::Full;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::api::Api;

/// A server, the proxy before it, and a client of the proxy.
async fn played() -> (TempDir, Fault, Api) {
    let pki = tempfile::tempdir().unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    // It is its own authority.
    for file in ["ca.crt", "server.crt"] {
        fs::write(pki.path().join(file), cert.pem()).unwrap();
    }
    fs::write(pki.path().join("server.key"), signing_key.serialize_pem()).unwrap();
    install_tls();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    tokio::spawn(echo(listener, acceptor(pki.path()).unwrap()));
    let fault = Fault::before(&target, pki.path()).await.unwrap();
    let api = Api::new(&format!("https://{}", fault.address()), cert.pem().as_bytes(), "token").unwrap();
    (pki, fault, api)
}

async fn echo(listener: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request: Request<Incoming>| {
                let answer = json!({ "asked": request.uri().to_string() }).to_string();
                async move { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(answer)))) }
            });
            let _closed = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

#[tokio::test]
async fn what_is_not_spoiled_passes_and_what_is_fails_as_it_was_told() {
    let (_pki, fault, api) = played().await;
    let asked = async |path: &str| api.get(path).await.map(|answer| answer["asked"].as_str().unwrap().to_owned());
    assert_eq!(asked("/x?limit=500").await.unwrap(), "/x?limit=500");

    fault.times(Asked::Anything("/x"), 1, Deed::busy(1));
    assert!(!fault.has_done(Asked::Anything("/x")));
    assert!(asked("/x").await.unwrap_err().to_string().contains("429"));
    assert!(fault.has_done(Asked::Anything("/x")));
    assert_eq!(asked("/x").await.unwrap(), "/x");

    fault.always(Asked::Page("/x"), Deed::short_pages(2));
    assert_eq!(asked("/x?limit=500&continue=a").await.unwrap(), "/x?limit=2&continue=a");
    fault.always(Asked::LaterPage("/x"), Deed::Expire);
    assert!(asked("/x?limit=500&continue=a").await.unwrap_err().to_string().contains("410"));
    assert_eq!(asked("/x?limit=500&continue=").await.unwrap(), "/x?limit=2&continue=");

    fault.always(Asked::Whole("/x"), Deed::edit(|answer| answer["asked"] = json!("something else")));
    assert_eq!(asked("/x").await.unwrap(), "something else");
    fault.always(Asked::Whole("/x"), Deed::CutAfter(5));
    assert!(api.text("/x").await.is_err());
    fault.heal();
    assert_eq!(api.text("/x").await.unwrap(), r#"{"asked":"/x"}"#);
}
