//! A real Chromium, driven in a user's words, that remembers everything that went wrong.

mod accessible;
mod console;
mod memory;
mod pointer;
mod trace;
mod traffic;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::ports::free_port;
use crate::process::Process;
use crate::wait;

pub use accessible::Element;
pub use console::ConsoleError;
pub use memory::Heap;
pub use pointer::Point;
pub use trace::{Longest, Trace, Work};
pub use traffic::{Request, Traffic};

const PATIENCE: Duration = Duration::from_secs(30);

/// Written to the console by every page before its own scripts run, so that nothing escapes that the console would not show.
const WITNESS: &str = r#"
    addEventListener("securitypolicyviolation", (event) =>
        console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`));
    addEventListener("unhandledrejection", (event) => console.error(`unhandled rejection: ${event.reason}`));
    addEventListener("error", (event) => event.message && console.error(`page error: ${event.message}`));
"#;

/// A browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    profile: TempDir,
    chromedriver: Process,
    /// Everything that was sent, since the driver tells it only once.
    sent: Mutex<Vec<Request>>,
}

impl Browser {
    /// Starts one with a page of 1440 × 900 and its files under `folder`.
    pub async fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, json!({ "enableNetwork": true, "enablePage": false })).await
    }

    /// Starts one that traces its tasks, for [`Browser::trace`], and tells nothing of what it sends.
    pub async fn start_tracing(folder: &Path) -> Result<Self> {
        let noted = json!({ "enableNetwork": false, "enablePage": false, "traceCategories": trace::CATEGORIES });
        Self::start_with(folder, noted).await
    }

    async fn start_with(folder: &Path, noted: Value) -> Result<Self> {
        crate::api::install_tls();
        let profile = tempfile::Builder::new().prefix("chromium-").tempdir_in(folder)?;
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        let mut chromedriver = Process::start("chromedriver", &command, profile.path())?;
        let url = format!("http://127.0.0.1:{port}");
        let started = wait::until("chromedriver", PATIENCE, async || {
            Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.map(drop)?)
        })
        .await;
        chromedriver.check_running()?;
        started?;
        let driver =
            WebDriver::new(url, capabilities(profile.path(), noted)?).await.context("Chromium did not start")?;
        let browser = Self { driver, profile, chromedriver, sent: Mutex::default() };
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WITNESS })).await?;
        // The window's own frame takes some of its height, so the page's size is set by itself.
        browser.resize(1440, 900).await?;
        browser.driver.set_script_timeout(PATIENCE).await?;
        Ok(browser)
    }

    /// Opens an address, as typed into the address field.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.driver.goto(url).await.with_context(|| url.to_owned())
    }

    /// Reloads the page.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// Goes back one page.
    pub async fn back(&self) -> Result<()> {
        Ok(self.driver.back().await?)
    }

    /// The address of the page.
    pub async fn url(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.to_string())
    }

    /// Follows a link to another fragment of the same page.
    pub async fn follow(&self, fragment: &str) -> Result<()> {
        self.script("location.hash = arguments[0]", vec![json!(fragment)]).await.map(drop)
    }

    /// What a script body returns.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let answer = self.driver.execute(body.to_owned(), arguments).await?;
        Ok(answer.json().clone())
    }

    /// What a script hands to its last argument, a function.
    pub async fn script_async(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let answer = self.driver.execute_async(body.to_owned(), arguments).await?;
        Ok(answer.json().clone())
    }

    /// Opens another tab before the page, which is hidden then, and does something meanwhile.
    pub async fn while_hidden<T>(&self, deed: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
        let here = self.driver.window().await?;
        let other = self.driver.new_tab().await?;
        self.driver.switch_to_window(other).await?;
        let done = deed().await;
        self.driver.close_window().await?;
        self.driver.switch_to_window(here).await?;
        done
    }

    /// Runs a script in every page that is opened from now on, before its own.
    pub async fn before_each_page(&self, script: &str) -> Result<()> {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
    }

    /// All the text that the page shows.
    pub async fn text(&self) -> Result<String> {
        let text = self.script("return document.body?.innerText ?? ''", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The page's User Timing marks of this name, oldest first, each with `startTime` and `detail`.
    pub async fn marks(&self, name: &str) -> Result<Vec<Value>> {
        const SCRIPT: &str = "return performance.getEntriesByName(arguments[0], 'mark')
            .map((mark) => ({ startTime: mark.startTime, detail: mark.detail }))";
        match self.script(SCRIPT, vec![json!(name)]).await? {
            Value::Array(marks) => Ok(marks),
            other => anyhow::bail!("no list of marks: {other}"),
        }
    }

    /// Makes the page as wide and high as a device's screen, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.resize_on(1, width, height).await
    }

    /// The same on a screen that has so many device pixels to a CSS pixel.
    pub async fn resize_on(&self, density: u32, width: u32, height: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": density, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    /// Makes the system ask for `light` or `dark`.
    pub async fn prefer_colour_scheme(&self, scheme: &str) -> Result<()> {
        self.prefer("prefers-color-scheme", scheme).await
    }

    /// Makes the system ask for no motion.
    pub async fn prefer_no_motion(&self) -> Result<()> {
        self.prefer("prefers-reduced-motion", "reduce").await
    }

    async fn prefer(&self, feature: &str, value: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.cdp("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Writes what is seen into a PNG file.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(file).await?)
    }

    /// The driver, for what is not in a user's words: frames and cookies.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The id of the process that all of it runs below.
    pub fn process_id(&self) -> u32 {
        self.chromedriver.id()
    }

    /// Ends the browser.
    pub async fn close(self) -> Result<()> {
        let Self { driver, profile, chromedriver, .. } = self;
        let quit = driver.quit().await;
        drop(chromedriver);
        drop(profile);
        Ok(quit?)
    }

    /// Lets the page do what its own policy forbids, such as asking for something from an empty page.
    pub async fn without_policy(&self) -> Result<()> {
        self.cdp("Page.setBypassCSP", json!({ "enabled": true })).await.map(drop)
    }

    async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| method.to_owned())
    }
}

fn capabilities(profile: &Path, noted: Value) -> Result<thirtyfour::ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1440,900",
        "--hide-scrollbars",
        // Names for the hostile pages: they resolve here only, as an attacker's DNS would.
        "--host-resolver-rules=MAP *.example 127.0.0.1",
    ] {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.join("profile").display()))?;
    capabilities.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
    capabilities.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
    capabilities.add_experimental_option("perfLoggingPrefs", noted)?;
    Ok(capabilities)
}
