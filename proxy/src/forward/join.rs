//! Joins the two sides of a WebSocket until one of them, or the process, ends.

use std::sync::Arc;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use crate::metrics::Held;
use crate::site::Site;

/// Joins both sides as soon as both have switched, in a task that the shutdown ends and waits for.
pub fn spawn(site: &Site, browser: OnUpgrade, api_server: OnUpgrade) {
    let metrics = Arc::clone(&site.metrics);
    let shutdown = site.shutdown.clone();
    site.shutdown.tasks.spawn(async move {
        metrics.upgrades.add(1);
        let _open = Held::new(metrics, |metrics| &metrics.upgrades_open);
        tokio::select! {
            () = shutdown.begun.cancelled() => {}
            end = join(browser, api_server) => if let Err(error) = end {
                // A closed tab looks like this: no failure of ours.
                tracing::debug!(%error, "a WebSocket broke off");
            },
        }
    });
}

async fn join(browser: OnUpgrade, api_server: OnUpgrade) -> Result<(), std::io::Error> {
    let (browser, api_server) = tokio::try_join!(browser, api_server).map_err(std::io::Error::other)?;
    copy_bidirectional(&mut TokioIo::new(browser), &mut TokioIo::new(api_server)).await?;
    Ok(())
}
