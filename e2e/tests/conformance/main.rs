//! The demo cluster is held against a real API server: the same requests to both, the same status, content type and shape.
//!
//! The requests stand in `requests.txt`, one a line: a method (`SOCKET` for a watch over WebSocket), a path, and words:
//!
//! - `accept=` in which form: `table`, `partial`, `partials`, `aggregated`, `yaml`, `html`
//! - `encoding=` in which it may be packed: `gzip`
//! - `type=` of what is sent: `merge`, `json-patch`, `strategic`, `apply`, `text`; else JSON
//! - `user=` who asks: `viewer`, `dev`, `nobody`; else the administrator
//! - `compare=` what is compared besides status and content type: `code` nothing; `head` the members of the answer and of
//!   its metadata, where the two clusters hold different objects; `events` each line; `columns` those of a table,
//!   word by word; else names and types of everything
//! - `body=` what is sent, to the end of the line
//!
//! `AWAIT path` waits until both answer with success, and `FORGET` lets the real one forget what has happened. A line
//! `! difference — reason` after a request says how its answers differ, in the words of the comparison, and why.

#![expect(clippy::indexing_slicing, reason = "a serde_json::Value answers null for what is not there")]

mod cluster;
mod kubectl;
mod report;
mod shape;
mod socket;
mod table;

use anyhow::Result;

use cluster::Cluster;
use pilothouse_e2e::fleet;
use report::Report;
use table::Step;

/// How many requests there are at least.
const MIN_REQUESTS: usize = 120;

#[tokio::test]
async fn the_demo_answers_as_the_api_server_does() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut control_plane = pilothouse_e2e::control_plane::ControlPlane::start().await?;
    fleet::create_nodes(&control_plane.api()?, 1, control_plane.kwok().port()).await?;
    control_plane.nodes_are_schedulable().await?;
    let real = Cluster::real(&control_plane)?;
    let (demo, _process) = Cluster::demo(folder.path()).await?;
    let mut report = Report::default();
    for step in table::steps(include_str!("requests.txt"))? {
        match step {
            Step::Await(path) => {
                real.answers(&path).await?;
                demo.answers(&path).await?;
            }
            Step::Forget => {
                control_plane.forget_history().await?;
                control_plane.restart_api_server().await?;
            }
            Step::Compare(row) => {
                let (expect, got) = (real.ask(&row).await?, demo.ask(&row).await?);
                report.note(&row, &shape::differences(row.compare, &expect, &got));
            }
        }
    }
    println!("{}", report.totals());
    let kept = report.write();
    report.check(MIN_REQUESTS)?;
    kept
}
