//! A hostile page in the user's own browser gets nothing, and it does get through an open `kubectl proxy`.

use anyhow::{Context as _, Result};
use pilothouse_e2e::browser::Browser;
use pilothouse_e2e::control_plane::{ControlPlane, User};
use pilothouse_e2e::site::{Mode, Site};
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::hostile_page::HostilePage;
use crate::story::Story;
use crate::visit::Visit;

const SECRET: &str = "crown-jewels";

/// What a hostile page tries, each in the way that needs no permission from the server's side.
const ATTACK: &str = r#"
    const [target, name, done] = arguments;
    const socket = new Promise((resolve) => {
        const socket = new WebSocket(`ws://${target}/api/v1/namespaces/default/secrets?watch=1`);
        socket.onmessage = (event) => resolve(String(event.data));
        socket.onerror = socket.onclose = () => resolve(null);
    });
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
    const post = fetch(`http://${target}/api/v1/namespaces/default/configmaps`, {
        method: "POST", mode: "no-cors", credentials: "include", body: new Blob([JSON.stringify(object)]),
    }).catch(() => null);
    const read = fetch(`http://${target}/api/v1/namespaces/default/secrets`, { credentials: "include" })
        .then((answer) => answer.text()).catch(() => null);
    const frame = new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = frame.onerror = () => resolve();
        frame.src = `http://${target}/`;
        document.body.append(frame);
    });
    Promise.all([socket, post, read, frame]).then(([socket, , read]) => done({ socket, read }));
"#;

pub fn stories() -> Vec<Story> {
    vec![
        Story::without_visit(
            "a hostile page gets nothing from pilothouse, and the same script gets through an open kubectl proxy",
            hostile_page,
        )
        .and_in(Mode::SecretKubectlProxy),
        Story::without_visit("a name that an attacker rebinds to this machine gets nothing", rebinding)
            .only_in(Mode::Pilothouse),
        Story::without_visit("a forged, foreign or borrowed session gets nothing", sessions).only_in(Mode::Pilothouse),
        Story::without_visit("the log and the page's answers hold no secret", no_secrets_told)
            .only_in(Mode::Pilothouse),
    ]
}

async fn hostile_page(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    create_secret(control_plane).await?;
    let visit = Visit::start("hostile page", mode, control_plane, User::Admin).await?;
    visit.enter().await?;
    let target = visit.site.address()?;
    let page = HostilePage::serve().await?;
    // Another site, another port of the same address, and another port of localhost.
    for (index, host) in ["attacker.example", "127.0.0.1", "localhost"].into_iter().enumerate() {
        let name = format!("planted-{}-{index}", mode.name());
        visit.browser.goto(&page.url(host)).await?;
        let got = visit.browser.script_async(ATTACK, vec![json!(target), json!(name)]).await?;
        let was_planted = control_plane.api()?.exists(&format!("/api/v1/namespaces/default/configmaps/{name}")).await?;
        let framed = framed_text(&visit.browser).await?;
        let read_over_socket = got["socket"].as_str().is_some_and(|frame| frame.contains(SECRET));

        anyhow::ensure!(got["read"] == Value::Null, "{host} read {}", got["read"]);
        let came_through = mode == Mode::KubectlProxy;
        anyhow::ensure!(read_over_socket == came_through, "{host}: the socket brought {}", got["socket"]);
        anyhow::ensure!(was_planted == came_through, "{host}: the POST made an object: {was_planted}");
        let is_framed = framed.contains("/api/v1");
        anyhow::ensure!(is_framed == came_through, "{host}: the frame shows {framed}");
    }
    // The rightful user's page, in the same browser, still works.
    visit.browser.goto(&visit.site.home()?).await?;
    const STATUS: &str = "const [url, done] = arguments; fetch(url).then((answer) => done(answer.status))";
    let secrets = format!("{}api/v1/namespaces/default/secrets", visit.site.home()?.replace("static/", ""));
    let status = visit.browser.script_async(STATUS, vec![json!(secrets)]).await?;
    anyhow::ensure!(status == json!(200), "the rightful user is answered {status}");
    // Not the usual end: of course this browser saw errors and foreign requests.
    visit.browser.close().await
}

async fn rebinding(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    create_secret(control_plane).await?;
    let visit = Visit::start("rebinding", mode, control_plane, User::Admin).await?;
    visit.enter().await?;
    let address = visit.site.address()?;
    let port = address.split(':').next_back().context("an address has a port")?;
    for path in ["", "api/v1/namespaces/default/secrets", "config.json", "-/session", "-/metrics"] {
        visit.browser.goto(&format!("http://rebound.example:{port}/{path}")).await?;
        let text = visit.browser.text().await?;
        anyhow::ensure!(text.contains("\"kind\":\"Status\"") && !text.contains(SECRET), "/{path} says {text}");
    }
    visit.browser.close().await
}

/// What is tried, with which method and headers, and how it must be answered.
type Case<'a> = (&'a str, Method, &'a [(&'a str, &'a str)], StatusCode);

async fn sessions(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    let site = Site::start(mode, control_plane, User::Admin).await?;
    let other = Site::start(mode, control_plane, User::Admin).await?;
    let (mine, foreign) = (session(&site).await?, session(&other).await?);
    let address = site.address()?;
    let port = address.split(':').next_back().context("an address has a port")?;
    let (my_name, my_value) = mine.split_once('=').context("a cookie has a value")?;
    let (_, foreign_value) = foreign.split_once('=').context("a cookie has a value")?;
    anyhow::ensure!(my_name == format!("pilothouse-{port}"), "the cookie's name is {my_name}");

    let (ok, unauthorized, forbidden) = (StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    let forged = format!("{my_name}={}", "A".repeat(my_value.len()));
    let renamed = format!("{my_name}={foreign_value}");
    let origin = format!("http://{address}");
    let next_port = format!("http://127.0.0.1:{}", port.parse::<u16>()?.wrapping_add(1));
    let cases: [Case; 11] = [
        ("no cookie", Method::GET, &[], unauthorized),
        ("my cookie", Method::GET, &[("cookie", &mine)], ok),
        ("a forged one", Method::GET, &[("cookie", &forged)], unauthorized),
        ("another's", Method::GET, &[("cookie", &foreign)], unauthorized),
        ("another's under my name", Method::GET, &[("cookie", &renamed)], unauthorized),
        ("my origin", Method::GET, &[("cookie", &mine), ("origin", &origin)], ok),
        ("another port's origin", Method::GET, &[("cookie", &mine), ("origin", &next_port)], forbidden),
        ("no origin at all", Method::GET, &[("cookie", &mine), ("origin", "null")], forbidden),
        ("a cross-site fetch", Method::GET, &[("cookie", &mine), ("sec-fetch-site", "cross-site")], forbidden),
        ("a same-site fetch", Method::GET, &[("cookie", &mine), ("sec-fetch-site", "same-site")], forbidden),
        ("a form's POST", Method::POST, &[("cookie", &mine), ("content-type", "text/plain")], forbidden),
    ];
    for (what, method, headers, expected) in cases {
        let mut request = client()?.request(method, format!("http://{address}/api/v1/namespaces/default/configmaps"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let status = request.send().await?.status();
        // A content type that is refused may be answered as such.
        let is_expected = status == expected || what == "a form's POST" && status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        anyhow::ensure!(is_expected, "{what} is answered {status}");
    }
    let rebound = client()?.get(format!("http://{address}/api")).header(COOKIE, &mine).header(HOST, "rebound.example");
    let status = rebound.send().await?.status();
    anyhow::ensure!(status.is_client_error(), "another host is answered {status}");
    Ok(())
}

async fn no_secrets_told(control_plane: &mut ControlPlane, mode: Mode) -> Result<()> {
    let site = Site::start(mode, control_plane, User::Admin).await?;
    let pilothouse = site.pilothouse().context("this is pilothouse")?;
    let link = site.link()?;
    let cookie = session(&site).await?;
    let next_link = site.link()?;
    client()?.get(format!("http://{}/api?token=hidden", site.address()?)).header(COOKIE, &cookie).send().await?;
    let log = pilothouse.log()?;
    for (what, told) in [("link", link.as_str()), ("next link", &next_link), ("cookie", &cookie)] {
        let secret = told.rsplit('=').next().context("it holds a secret")?;
        anyhow::ensure!(!log.contains(secret), "the log holds the {what}'s secret");
    }
    anyhow::ensure!(!log.contains("hidden"), "the log holds a query string");
    for path in ["", "config.json"] {
        let page = client()?.get(format!("http://{}/{path}", site.address()?)).send().await?.text().await?;
        let secret = next_link.rsplit('=').next().context("it holds a secret")?;
        anyhow::ensure!(!page.contains(secret), "/{path} holds the next link's secret");
    }
    Ok(())
}

/// Opens a session as the app does; returns the cookie, `NAME=VALUE`.
async fn session(site: &Site) -> Result<String> {
    let link = site.link()?;
    let (home, secret) = link.split_once("#session=").context("the link holds a secret")?;
    let answer = client()?
        .post(format!("{home}-/session"))
        .header(ORIGIN, home.trim_end_matches('/'))
        .header(CONTENT_TYPE, "application/json")
        .body(json!({ "secret": secret }).to_string())
        .send()
        .await?
        .error_for_status()?;
    let cookie = answer.headers().get(SET_COOKIE).context("a session is a cookie")?.to_str()?;
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        anyhow::ensure!(cookie.contains(attribute), "the cookie lacks {attribute}: {cookie}");
    }
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn client() -> Result<Client> {
    Ok(Client::builder().no_proxy().build()?)
}

/// What the page's frame shows.
async fn framed_text(browser: &Browser) -> Result<String> {
    browser.driver().enter_frame(0).await?;
    let text = browser.text().await;
    browser.driver().enter_default_frame().await?;
    text
}

async fn create_secret(control_plane: &ControlPlane) -> Result<()> {
    const SECRETS: &str = "/api/v1/namespaces/default/secrets";
    let api = control_plane.api()?;
    if !api.exists(&format!("{SECRETS}/{SECRET}")).await? {
        api.create(SECRETS, &json!({ "metadata": { "name": SECRET }, "stringData": { "worth": "much" } })).await?;
    }
    Ok(())
}
