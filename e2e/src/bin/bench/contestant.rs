//! The three that are measured: the proxy, `kubectl proxy` and nginx.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::Binaries;
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::kubectl_proxy::KubectlProxy;
use pilothouse_e2e::pilothouse::{self, Pilothouse};
use pilothouse_e2e::process::Process;
use pilothouse_e2e::{ports, wait};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::upstream::{TOKEN, Upstream};

/// A server that passes requests on to the upstream.
pub struct Contestant {
    /// As it stands in the table.
    pub name: &'static str,
    /// What it says of its version.
    pub version: String,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// The cookie that it wants, or nothing.
    pub cookie: String,
    /// Its process, or the first of them.
    pub pid: u32,
    _running: Running,
}

/// What ends when the contestant is dropped.
enum Running {
    Pilothouse { _process: Pilothouse },
    KubectlProxy { _process: KubectlProxy },
    Nginx { _process: Process },
}

/// Starts all three in front of the upstream, their output under a folder.
pub async fn start_all(upstream: &Upstream, folder: &Path) -> Result<Vec<Contestant>> {
    Ok(vec![
        start_pilothouse(upstream, folder).await?,
        start_kubectl_proxy(upstream, folder).await?,
        start_nginx(upstream, folder).await?,
    ])
}

/// Starts the proxy and signs in with its link, as the app does.
pub async fn start_pilothouse(upstream: &Upstream, folder: &Path) -> Result<Contestant> {
    let process = Pilothouse::start(&upstream.kubeconfig, folder).await?;
    let (address, link) = (process.address()?, process.link()?);
    let (_, secret) = link.split_once("#session=").context("the link has no secret")?;
    let cookie = Client::connect(&address).await?.sign_in(secret).await?;
    Ok(Contestant {
        name: "pilothouse",
        version: first_line(Command::new(pilothouse::binary()).arg("--version"))?,
        address,
        cookie,
        pid: process.process().id(),
        _running: Running::Pilothouse { _process: process },
    })
}

/// Starts `kubectl proxy` with the built site.
pub async fn start_kubectl_proxy(upstream: &Upstream, folder: &Path) -> Result<Contestant> {
    let program = Binaries::locate()?.kubectl();
    let kubectl = Kubectl::new(program.clone(), upstream.kubeconfig.clone());
    let process = KubectlProxy::start(&kubectl, &pilothouse::site(), folder).await?;
    Ok(Contestant {
        name: "kubectl proxy",
        version: first_line(Command::new(program).args(["version", "--client"]))?,
        address: process.address()?,
        cookie: String::new(),
        pid: process.process().id(),
        _running: Running::KubectlProxy { _process: process },
    })
}

async fn start_nginx(upstream: &Upstream, folder: &Path) -> Result<Contestant> {
    let port = ports::free_port()?;
    let config = folder.join("nginx.conf");
    fs::write(&config, nginx_config(upstream, folder, port))?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&config).arg("-e").arg(folder.join("nginx.error")).arg("-p").arg(folder);
    let process = Process::start("nginx", &command, folder)?;
    let address = format!("127.0.0.1:{port}");
    wait::until("nginx", Duration::from_secs(10), async || Ok(TcpStream::connect(&address).await.map(drop)?))
        .await
        .with_context(|| process.log_end())?;
    Ok(Contestant {
        name: "nginx",
        version: first_line(Command::new("nginx").arg("-v"))?,
        address,
        cookie: String::new(),
        pid: process.id(),
        _running: Running::Nginx { _process: process },
    })
}

/// As one would set it up for this: kept connections on both sides, nothing on disk, no log of requests.
fn nginx_config(upstream: &Upstream, folder: &Path, port: u16) -> String {
    let (folder, ca, address) = (folder.display(), upstream.ca.display(), &upstream.address);
    format!(
        r#"daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    keepalive_requests 100000000;
    upstream api {{ server {address}; keepalive 128; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass https://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer {TOKEN}";
            proxy_ssl_trusted_certificate {ca};
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            proxy_max_temp_file_size 0;
        }}
    }}
}}
"#
    )
}

/// The first line that a program writes, be it to standard output or to standard error.
fn first_line(command: &mut Command) -> Result<String> {
    let output = command.output().context("a contestant does not say its version")?;
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or("").to_owned())
}
