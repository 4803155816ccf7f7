//! The two clusters, and how they are asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::process::Process;
use pilothouse_e2e::{api, pilothouse, wait};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderName, ORIGIN, SET_COOKIE,
    USER_AGENT,
};
use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::Value;

use crate::socket;
use crate::table::Row;

/// A cluster that can be asked as each of its users.
pub struct Cluster {
    client: Client,
    users: BTreeMap<String, Access>,
    /// The page that a WebSocket comes from: the API server refuses one that comes from none, and the demo any but its own.
    page: Page,
}

/// A web page, with the cookie of its session if it has one in place of a token.
struct Page {
    origin: String,
    cookie: Option<String>,
}

/// Where a user asks, and with which token.
struct Access {
    server: String,
    token: String,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub struct Answer {
    pub code: u16,
    pub content_type: Option<String>,
    pub encoding: Option<String>,
    pub body: Vec<u8>,
}

const START: Duration = Duration::from_secs(120);
const TOKEN_OF_NOBODY: &str = "nobody";

impl Cluster {
    /// A real control plane.
    pub fn real(control_plane: &ControlPlane) -> Result<Self> {
        let mut users = BTreeMap::new();
        let mut ca = Vec::new();
        for user in [User::Admin, User::Viewer, User::Dev] {
            let kubeconfig: Value = serde_json::from_slice(&std::fs::read(control_plane.kubeconfig(user))?)?;
            let cluster = &kubeconfig["clusters"][0]["cluster"];
            ca = std::fs::read(cluster["certificate-authority"].as_str().context("no CA")?)?;
            users.insert(user.name().to_owned(), Access::of(&kubeconfig, 0));
        }
        users.insert(TOKEN_OF_NOBODY.to_owned(), Access::nobody(&users));
        api::install_tls();
        let client = client().tls_certs_only([Certificate::from_pem(&ca)?]).build()?;
        Ok(Self { client, users, page: Page { origin: "https://localhost".to_owned(), cookie: None } })
    }

    /// A demo cluster, and its process.
    pub async fn demo(folder: &Path) -> Result<(Self, Process)> {
        let (kubeconfig, process) = start_demo(folder).await?;
        let kubeconfig: Value = serde_json::from_slice(&std::fs::read(kubeconfig)?)?;
        let names = kubeconfig["contexts"].as_array().context("no contexts")?;
        let mut users: BTreeMap<_, _> = names
            .iter()
            .enumerate()
            .map(|(number, context)| {
                (context["name"].as_str().unwrap_or_default().to_owned(), Access::of(&kubeconfig, number))
            })
            .collect();
        users.insert(TOKEN_OF_NOBODY.to_owned(), Access::nobody(&users));
        let client = client().build()?;
        let page = Page::of_demo(&client, &process.output()?).await?;
        Ok((Self { client, users, page }, process))
    }

    /// The answer to a request.
    pub async fn ask(&self, row: &Row) -> Result<Answer> {
        let access = self.users.get(&row.user).with_context(|| format!("no user {}", row.user))?;
        let url = format!("{}{}", access.server, row.path);
        let is_socket = row.method == "SOCKET";
        let method = if is_socket { Method::GET } else { Method::from_bytes(row.method.as_bytes())? };
        let mut request = self.client.request(method, url);
        if is_socket {
            request = socket::HANDSHAKE.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            request = request.header(ORIGIN, &self.page.origin);
        }
        // Says instead of a content type that no other web page asks; the API server does not mind.
        request = request.header("x-pilothouse-request", "1").header(USER_AGENT, "conformance/1");
        request = match &self.page.cookie {
            Some(cookie) if is_socket => request.header(COOKIE, cookie),
            _ => request.header(AUTHORIZATION, format!("Bearer {}", access.token)),
        };
        if let Some(accept) = row.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(encoding) = row.encoding {
            request = request.header(ACCEPT_ENCODING, encoding);
        }
        if let (Some(body), Some(content_type)) = (&row.body, row.content_type) {
            request = request.header(CONTENT_TYPE, content_type).body(body.clone());
        }
        let answer = request.send().await.with_context(|| format!("{} {}", row.method, row.path))?;
        let text =
            |name: HeaderName| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (content_type, encoding) = (text(CONTENT_TYPE), text(CONTENT_ENCODING));
        let code = answer.status().as_u16();
        let body = if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            socket::events(&mut answer.upgrade().await?).await?
        } else {
            answer.bytes().await?.to_vec()
        };
        Ok(Answer { code, content_type, encoding, body })
    }

    /// Waits until a path is answered with success.
    pub async fn answers(&self, path: &str) -> Result<()> {
        let row = Row { method: "GET".into(), path: path.into(), user: "admin".into(), ..Row::default() };
        wait::until(path, START, async || {
            let answer = self.ask(&row).await?;
            anyhow::ensure!(answer.code == 200, "{path}: {}", answer.code);
            Ok(())
        })
        .await
    }
}

impl Page {
    /// The page that the link of a demo opens.
    async fn of_demo(client: &Client, output: &str) -> Result<Self> {
        let (link, secret) = output.trim().split_once("#session=").context("no link")?;
        let origin = link.trim_end_matches('/').to_owned();
        let secret = serde_json::json!({ "secret": secret }).to_string();
        let request = client.post(format!("{origin}/-/session")).header(ORIGIN, &origin);
        let answer = request.header(CONTENT_TYPE, "application/json").body(secret).send().await?.error_for_status()?;
        let cookie = answer.headers().get(SET_COOKIE).context("no cookie came")?.to_str()?;
        Ok(Self { cookie: cookie.split(';').next().map(str::to_owned), origin })
    }
}

impl Access {
    fn of(kubeconfig: &Value, number: usize) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let server = text(&kubeconfig["clusters"][number]["cluster"]["server"]);
        // The token goes with each request here, so the demo's need not stand in the path.
        let server = server.split("/-/").next().unwrap_or_default().to_owned();
        Self { server, token: text(&kubeconfig["users"][number]["user"]["token"]) }
    }

    fn nobody(users: &BTreeMap<String, Self>) -> Self {
        let server = users.values().next().map(|access| access.server.clone()).unwrap_or_default();
        Self { server, token: "of-nobody".to_owned() }
    }
}

/// Starts a demo; its kubeconfig and its process.
pub async fn start_demo(folder: &Path) -> Result<(PathBuf, Process)> {
    let file = folder.join("demo.kubeconfig");
    let mut command = Command::new(pilothouse::binary());
    command.args(["demo", "--listen", "127.0.0.1:0", "--write-kubeconfig"]).arg(&file);
    let process = Process::start("demo", &command, folder)?;
    wait::until("the demo's link", START, async || {
        anyhow::ensure!(process.output()?.contains("http://"), "no link yet");
        Ok(())
    })
    .await?;
    Ok((file, process))
}

fn client() -> reqwest::ClientBuilder {
    api::install_tls();
    Client::builder().no_proxy().timeout(Duration::from_secs(30))
}
