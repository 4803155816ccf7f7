//! The rules that keep the parts apart hold, and nothing in the project tells where it was made.

#![expect(clippy::unwrap_used, reason = "a test's own helpers fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that the app is made of: one more is a decision, to be made here too.
const FRONTEND_CRATES: [&str; 11] = [
    "gloo-net",
    "js-sys",
    "leptos",
    "model",
    "plotters",
    "plotters-backend",
    "send_wrapper",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "wasm_split_helpers",
    "web-sys",
];

/// What the model has no part in: the browser, the framework, the clock, input and output.
const FOREIGN_TO_THE_MODEL: [&str; 12] = [
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "leptos",
    "gloo",
    "std::time",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "tokio",
];

#[test]
fn only_the_web_edge_touches_the_browser() {
    let edge = root().join("frontend/src/web");
    for file in sources("frontend/src").into_iter().filter(|file| !file.starts_with(&edge)) {
        assert_lacks(&file, &["web_sys::"]);
    }
}

#[test]
fn the_model_is_pure() {
    for file in sources("frontend/model/src") {
        assert_lacks(&file, &FOREIGN_TO_THE_MODEL);
    }
}

#[test]
fn views_know_no_cluster() {
    for file in sources("frontend/src/ui") {
        assert_lacks(&file, &["crate::live", "crate::pages", "crate::app"]);
    }
    for file in sources("frontend/src/live") {
        assert_lacks(&file, &["crate::ui", "crate::pages", "crate::app"]);
    }
}

#[test]
fn every_watch_has_one_owner() {
    let owner = root().join("frontend/src/live/watched.rs");
    let edge = root().join("frontend/src/web");
    for file in sources("frontend/src").into_iter().filter(|file| *file != owner && !file.starts_with(&edge)) {
        assert_lacks(&file, &["web::socket", "Socket::"]);
    }
}

#[test]
fn lean_lists_know_no_kinds_and_the_sample_cluster_stands_alone() {
    for file in sources("proxy/src/lean").into_iter().chain([root().join("proxy/src/lean.rs")]) {
        assert_lacks(&file, &["kube::", "k8s_openapi"]);
    }
    let crates = dependencies("proxy/demo/Cargo.toml");
    for foreign in ["pilothouse", "pilothouse-model", "kube", "k8s-openapi", "axum"] {
        assert!(!crates.contains(foreign), "the sample cluster depends on {foreign}");
    }
    // What keeps the objects knows neither the protocol nor the company.
    for file in sources("proxy/demo/src/store").into_iter().chain([root().join("proxy/demo/src/store.rs")]) {
        assert_lacks(&file, &["crate::api", "crate::company", "crate::life"]);
    }
}

#[test]
fn only_the_model_of_kubernetes_parses_json() {
    let k8s = [root().join("frontend/model/src/k8s"), root().join("frontend/model/src/k8s.rs")];
    for file in sources("frontend/src") {
        assert_lacks(&file, &["serde_json::Value", "JSON::parse"]);
    }
    for file in sources("frontend/model/src").into_iter().filter(|file| !k8s.iter().any(|k8s| file.starts_with(k8s))) {
        assert_lacks(&file, &["serde_json::Value"]);
    }
}

#[test]
fn the_proxy_knows_nothing_of_the_frontend_but_its_files() {
    let crates = dependencies("proxy/Cargo.toml");
    for foreign in ["model", "pilothouse-model", "pilothouse-frontend", "frontend", "leptos"] {
        assert!(!crates.contains(foreign), "the proxy depends on {foreign}");
    }
    for file in sources("proxy/src") {
        assert_lacks(&file, &["pilothouse_model", "pilothouse_frontend"]);
    }
}

#[test]
fn the_frontend_is_made_of_the_crates_that_were_chosen() {
    let chosen: BTreeSet<String> = FRONTEND_CRATES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(dependencies("frontend/Cargo.toml"), chosen);
}

#[test]
fn a_module_is_named_by_its_file() {
    for folder in ["frontend", "proxy", "e2e"] {
        for file in sources(folder) {
            assert_ne!(file.file_name().unwrap(), "mod.rs", "{}", file.display());
        }
    }
}

#[test]
fn no_tracked_file_tells_where_it_was_made() {
    let telling = telling_words();
    for file in tracked_files() {
        // Pictures and the like are not text.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for word in &telling {
            assert!(!tells(&text, word), "{} holds {word}", file.display());
        }
    }
}

/// Paths and hosts of this machine: the checkout, the home folder, and the mirror that cargo may be set to.
fn telling_words() -> Vec<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| Path::new(&home).join(".cargo"), PathBuf::from);
    let config = fs::read_to_string(cargo.join("config.toml")).unwrap_or_default();
    let hosts = config
        .split("//")
        .skip(1)
        .filter_map(|rest| rest.split(['/', '"', '\'', '\n']).next())
        .filter(|host| host.contains('.') && !host.ends_with("crates.io") && !host.ends_with("github.com"))
        .map(str::to_owned);
    let folders = [home, root().display().to_string()].into_iter().filter(|folder| folder.len() > 1);
    folders.map(|folder| format!("{folder}/")).chain(hosts).collect()
}

/// Whether the text holds the word, and not only as the end of a longer path.
fn tells(text: &str, word: &str) -> bool {
    let ends_path = |before: char| before.is_alphanumeric() || "/._-".contains(before);
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(ends_path))
}

#[test]
fn the_end_of_a_longer_path_tells_nothing() {
    let check = |text: &str, expect: bool| assert_eq!(tells(text, "/home/me/"), expect, "{text}");
    check("see /home/me/project", true);
    check("/home/me/", true);
    check("=\"/home/me/x\"", true);
    check("tests/home/me/x", false);
    check("/home/you/", false);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn tracked_files() -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    names.split_terminator('\0').map(|name| root().join(name)).filter(|file| file.is_file()).collect()
}

/// The Rust files under a folder, without what cargo builds there.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().unwrap() != "target" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "{folder} holds no Rust");
    files
}

/// Comments may name what code may not.
fn assert_lacks(file: &Path, words: &[&str]) {
    let text = fs::read_to_string(file).unwrap();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for word in words {
            assert!(!code.contains(word), "{}:{} uses {word}", file.display(), index + 1);
        }
    }
}

/// The names in a manifest's `[dependencies]`.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let mut section = "";
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            names.extend(section.strip_prefix("dependencies.").map(str::to_owned));
        } else if let Some((name, _)) = line.split_once('=')
            && section == "dependencies"
            && !line.starts_with([' ', '#', '"'])
        {
            let name = name.trim();
            names.insert(name.strip_suffix(".workspace").unwrap_or(name).to_owned());
        }
    }
    names
}
