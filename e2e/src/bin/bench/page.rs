//! One load of the page: what it weighs, and what the server holds afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use pilothouse_e2e::pilothouse;
use serde::Serialize;
use tokio::time::sleep;

use crate::client::Client;
use crate::contestant::{self, Contestant};
use crate::requester::Requester;
use crate::upstream::{SMALL, Upstream};
use crate::usage;

/// What a page load came to.
#[derive(Clone, Debug, Serialize)]
pub struct PageLoad {
    /// The bytes of each file on the wire, as the proxy sends it to a browser.
    pub file_bytes: BTreeMap<String, usize>,
    /// What is resident some time after the load, in KiB, by contestant.
    pub resident_kib: BTreeMap<&'static str, u64>,
}

impl PageLoad {
    /// The files up to the first chart, together.
    pub fn first_bytes(&self) -> usize {
        self.file_bytes.iter().filter(|(name, _)| !is_later(name)).map(|(_, bytes)| bytes).sum()
    }

    /// The files of the app that are fetched after it, together.
    pub fn later_bytes(&self) -> usize {
        self.file_bytes.iter().filter(|(name, _)| is_later(name)).map(|(_, bytes)| bytes).sum()
    }
}

/// Loads the page from fresh processes, waits, and reads what they hold.
pub async fn measure(upstream: &Upstream, folder: &Path, rest: Duration) -> Result<PageLoad> {
    let proxy = contestant::start_pilothouse(upstream, folder).await?;
    let kubectl_proxy = contestant::start_kubectl_proxy(upstream, folder).await?;
    let file_bytes = load(&proxy, "/").await?;
    load(&kubectl_proxy, "/static/").await?;
    eprintln!("waiting {} s after the page load", rest.as_secs());
    sleep(rest).await;
    let mut resident_kib = BTreeMap::new();
    for contestant in [&proxy, &kubectl_proxy] {
        resident_kib.insert(contestant.name, usage::resident_kib(contestant.pid)?);
    }
    Ok(PageLoad { file_bytes, resident_kib })
}

/// Fetches every file of the site and a few answers of the API, over six connections as a browser would.
async fn load(contestant: &Contestant, prefix: &str) -> Result<BTreeMap<String, usize>> {
    let mut file_bytes = BTreeMap::new();
    let connections = try_join_all((0..6).map(|_| Client::connect(&contestant.address))).await?;
    let files = files_under(&pilothouse::site())?;
    for (mut client, path) in connections.into_iter().zip(files.chunks(files.len().div_ceil(6))) {
        for file in path {
            let path = format!("{prefix}{}", if file == "index.html" { "" } else { file });
            file_bytes.insert(file.clone(), client.fetch(&path).await?.len());
        }
        Requester::connect(&contestant.address, SMALL, &contestant.cookie).await?.ask().await?;
    }
    Ok(file_bytes)
}

/// Whether a file is a part of the app that is cut out of the first load.
fn is_later(name: &str) -> bool {
    name.starts_with("split-") && name.ends_with(".wasm")
}

/// The files of a folder by their paths in it, without hidden ones, which are the bundler's own.
fn files_under(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("no site at {}: run make build", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files.extend(files_under(&entry.path())?.into_iter().map(|below| format!("{name}/{below}")));
        } else {
            files.push(name);
        }
    }
    Ok(files)
}
