//! The app as it is embedded. The step `embedded` of `make test` runs these against the binary that people run, which has the
//! whole app inside; a build without the app has one page.

use std::collections::BTreeMap;

use bytes::Bytes;
use pilothouse::assets::naming::content_hash;
use ring::digest::{SHA256, digest};

use crate::browser::Browser;
use crate::fake::{Fake, Scenario};
use crate::program::{Program, released};

/// A program, its API server, and the app's files by their names, as a browser finds them: the page's, and those that scripts name.
async fn app() -> (Program, Fake, BTreeMap<String, Bytes>) {
    let (program, fake) = Program::before(Scenario::Healthy).await;
    let browser = Browser::new(program.address);
    let mut files = BTreeMap::new();
    let mut named = names_in(browser.get("/").await.text());
    while let Some(name) = named.pop() {
        if files.contains_key(&name) {
            continue;
        }
        let answer = browser.get(&format!("/{name}")).await;
        assert_eq!(answer.status, 200, "{name}");
        if name.ends_with(".js") {
            named.extend(names_in(answer.text()));
        }
        files.insert(name, answer.body);
    }
    if released().is_some() {
        for part in ["start-", "app-", "pilothouse-frontend-", "split-", "split-pages-"] {
            assert!(files.keys().any(|name| name.starts_with(part)), "{part} is not there: {:?}", files.keys());
        }
    }
    (program, fake, files)
}

/// The names with a hash in a text.
fn names_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    words.filter(|word| content_hash(word).is_some()).map(str::to_owned).collect()
}

/// The content as it was before it was named, with no hash in it.
fn without(hash: &str, content: &[u8]) -> Vec<u8> {
    let named = format!("-{hash}");
    let mut rest = content;
    let mut plain = Vec::with_capacity(content.len());
    while let Some((first, tail)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(named.as_bytes()) {
            rest = tail;
        } else {
            plain.push(*first);
            rest = tail;
        }
    }
    plain
}

#[tokio::test]
async fn after_an_upgrade_no_file_has_another_content_under_its_old_name() {
    let (_program, _fake, files) = app().await;
    let mut bundles: BTreeMap<&str, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    for (name, content) in &files {
        let hash = content_hash(name).unwrap();
        let plain_name = name.replace(&format!("-{hash}"), "");
        bundles.entry(hash).or_default().insert(plain_name, without(hash, content));
    }
    for (hash, bundle) in bundles {
        let content: Vec<u8> = bundle.values().flatten().copied().collect();
        let sum: String = digest(&SHA256, &content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(sum.starts_with(hash), "{hash} is no hash of what {:?} contain: {sum}", bundle.keys());
    }
}

#[tokio::test]
async fn what_is_embedded_comes_packed_and_is_kept_unless_it_is_the_page() {
    let (program, _fake, files) = app().await;
    let browser = Browser::new(program.address).with("accept-encoding", Some("gzip, deflate, br"));
    let page = browser.get("/").await;
    assert_eq!((page.header("content-encoding"), page.header("cache-control")), (Some("br"), Some("no-cache")));
    for (name, content) in &files {
        let path = format!("/{name}");
        let packed = browser.get(&path).await;
        assert_eq!(packed.header("content-encoding"), Some("br"), "{name}");
        assert_eq!(packed.header("cache-control"), Some("public, max-age=31536000, immutable"), "{name}");
        assert_eq!(packed.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert!(packed.body.len() < content.len(), "{name}");
        let again = browser.with("if-none-match", packed.header("etag")).get(&path).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{name}");
        let kind = match name.rsplit('.').next() {
            Some("wasm") => "application/wasm",
            Some("css") => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        assert_eq!(packed.header("content-type"), Some(kind), "{name}");
    }
}
