//! Usage, where there are metrics and where there are none.

use std::time::Duration;

use anyhow::Result;
use pilothouse_e2e::control_plane::{ControlPlane, METRICS_API_SERVICE, User, register_metrics};
use pilothouse_e2e::wait;

use crate::story::{ADMIN, Cast, Story};
use crate::visit::{START, Visit};

/// metrics-server needs two samples, 15 s apart.
const FIRST_SAMPLES: Duration = Duration::from_secs(90);

pub fn stories() -> Vec<Story> {
    let without = Cast { user: User::Admin, expected: &["status of 404", "status of 503"] };
    vec![
        Story::new("usage shows where metrics.k8s.io is served", ADMIN, with_metrics),
        Story::new("without metrics.k8s.io the page says that there is no usage, and why", without, without_metrics),
    ]
}

async fn with_metrics(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let kubectl = control_plane.kubectl();
    wait::until("kubectl top", FIRST_SAMPLES, async || kubectl.run("top nodes --no-headers"))
        .await
        .map_err(|error| error.context(control_plane.metrics_log_end()))?;
    visit.open("overview").await?;
    visit.sees("pods run", START).await?;
    wait::until("usage", START, async || {
        let text = visit.browser.text().await?;
        anyhow::ensure!(
            !text.contains("No usage") && !text.to_lowercase().contains("no data"),
            "the page says {text:?}"
        );
        Ok(())
    })
    .await?;
    visit.picture("overview with usage").await
}

async fn without_metrics(control_plane: &mut ControlPlane, visit: &Visit) -> Result<()> {
    let api = control_plane.api()?;
    api.delete(METRICS_API_SERVICE).await?;
    let told = async {
        wait::until("the metrics API to go", START, async || {
            anyhow::ensure!(!api.exists("/apis/metrics.k8s.io/v1beta1/nodes").await?, "it is still served");
            Ok(())
        })
        .await?;
        visit.open("overview").await?;
        visit.sees("No usage: the cluster serves no metrics.k8s.io", START).await?;
        visit.picture("overview without usage").await
    }
    .await;
    register_metrics(&api, control_plane.metrics_port()).await?;
    told
}
