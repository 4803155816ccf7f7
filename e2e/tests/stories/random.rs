//! Twenty clusters as the dice draw them: what the overview says of each is what the server and kubectl tell, or that it is not known.
//!
//! A control plane of its own has neither controllers nor kubelets, so that each cluster stays as it was drawn. One follows the other in
//! the same etcd. `PILOTHOUSE_SEED` draws others.

mod capacity;
mod dice;
mod drawn;
mod events;
mod expected;
mod nodes;
mod owners;
mod page;
mod pods;
mod rights;
mod told;
mod usage;

use std::time::Duration;

use anyhow::{Context as _, Result};
use pilothouse_e2e::control_plane::{EtcdClient, Storage, User};
use pilothouse_e2e::site::Mode;
use pilothouse_e2e::wait;

use crate::story::Story;
use crate::visit::Visit;
use dice::Dice;
use drawn::{Drawn, Fate, Metrics, Plan};
use expected::expected;
use page::{Lines, shown};
use rights::Rights;
use told::Told;

const NAME: &str = "on twenty random clusters all numbers of the landing page are those of the server and of kubectl";
const SEED: u64 = 20_261_128;
/// How long a page may take to say what it should.
const PATIENCE: Duration = Duration::from_secs(12);
/// What is forbidden or not served is answered so.
const EXPECTED: &[&str] = &["status of 403", "status of 404", "status of 503", "WebSocket connection to"];

pub fn stories() -> Vec<Story> {
    vec![Story::apart(NAME, clusters)]
}

/// Those of one user follow each other, and metrics come and go seldom: both take time.
fn plans() -> [(Rights, Plan); 20] {
    use Fate::{Broken, Healthy, Mixed};
    use Metrics::{Absent, Failing, OfAll, OfSome};
    let plan = |rights, fate, metrics, nodes, pods| (rights, Plan { fate, nodes, pods, metrics });
    [
        plan(Rights::All, Healthy, Absent, 0..=0, 0..=0),
        plan(Rights::All, Healthy, Absent, 1..=1, 1..=8),
        plan(Rights::All, Healthy, Absent, 9..=15, 60..=90),
        plan(Rights::All, Mixed, Absent, 0..=0, 1..=40),
        plan(Rights::All, Broken, Failing, 9..=15, 60..=90),
        plan(Rights::All, Broken, OfAll, 1..=1, 10..=20),
        plan(Rights::All, Mixed, OfAll, 40..=40, 200..=200),
        plan(Rights::All, Healthy, OfAll, 2..=6, 20..=40),
        plan(Rights::All, Mixed, OfSome, 3..=3, 0..=0),
        plan(Rights::All, Mixed, OfSome, 1..=40, 0..=200),
        plan(Rights::All, Broken, OfSome, 1..=40, 0..=200),
        plan(Rights::View, Mixed, OfAll, 1..=40, 0..=200),
        plan(Rights::View, Broken, OfSome, 1..=40, 0..=200),
        plan(Rights::ViewWithoutNodes, Mixed, OfAll, 1..=40, 1..=200),
        plan(Rights::ViewWithoutNodes, Healthy, Absent, 1..=40, 1..=200),
        plan(Rights::Namespace, Mixed, Absent, 1..=40, 100..=200),
        plan(Rights::Namespace, Broken, OfAll, 1..=40, 100..=200),
        plan(Rights::NamespaceAndNodes, Mixed, OfAll, 1..=40, 100..=200),
        plan(Rights::NamespaceAndNodes, Mixed, OfSome, 1..=40, 0..=0),
        plan(Rights::Nothing, Mixed, OfAll, 1..=40, 0..=200),
    ]
}

async fn clusters(storage: &Storage) -> Result<()> {
    let seed = std::env::var("PILOTHOUSE_SEED").ok().map(|seed| seed.parse()).transpose()?.unwrap_or(SEED);
    let etcd = storage.etcd().client()?;
    rights::fill_roles(&storage.api()?).await?;
    let (mut dice, mut wrong) = (Dice::new(seed), Vec::new());
    let plans = plans().into_iter().enumerate().collect::<Vec<_>>();
    for of_user in plans.chunk_by(|(_, (a, _)), (_, (b, _))| a.user() == b.user()) {
        let user = of_user.first().map_or(User::Nobody, |(_, (rights, _))| rights.user());
        let visit = Visit::start_behind(&storage.api_address(), NAME, Mode::Pilothouse, storage, user).await?;
        for (index, (rights, plan)) in of_user {
            let compared = compare(&visit, &etcd, *rights, plan, *index, &mut dice).await;
            wrong.extend(compared.err().map(|error| format!("cluster {index}, {rights:?}, {plan:?}: {error:#}")));
        }
        visit.end(Ok(()), EXPECTED).await?;
    }
    anyhow::ensure!(wrong.is_empty(), "drawn with the seed {seed}:\n{}", wrong.join("\n"));
    Ok(())
}

/// Draws a cluster, and holds what is shown of it against what is told of it.
async fn compare(
    visit: &Visit,
    etcd: &EtcdClient,
    rights: Rights,
    plan: &Plan,
    index: usize,
    dice: &mut Dice,
) -> Result<()> {
    // The page before would only follow what changes now.
    visit.browser.goto("about:blank").await?;
    usage::serve(visit.api(), plan.metrics).await?;
    rights.grant(visit.api()).await?;
    Drawn::new(plan, index, dice).settle(etcd).await?;
    let told = Told::of(visit.api(), visit.kubectl(), plan.metrics).await?;
    visit.open("overview").await?;
    says(visit, &expected(&told, rights, &[])).await?;
    // Of some namespaces, where all are seen.
    let some: Vec<String> = told.namespaces().into_iter().filter(|_| dice.one_in(3)).map(str::to_owned).collect();
    if rights.sees_all_pods() && !some.is_empty() {
        visit.open(&format!("overview?ns={}", some.join(","))).await?;
        says(visit, &expected(&told, rights, &some)).await.with_context(|| format!("of {some:?}"))?;
    }
    Ok(())
}

/// Waits until the page says this, and nothing else.
async fn says(visit: &Visit, expected: &Lines) -> Result<()> {
    wait::until("the numbers", PATIENCE, async || {
        let shown = shown(visit).await?;
        let names = shown.keys().chain(expected.keys().filter(|name| !shown.contains_key(*name)));
        let different = names.filter(|name| shown.get(*name) != expected.get(*name));
        let different: Vec<String> = different
            .map(|name| {
                let line = |lines: &Lines| lines.get(name).map_or("nothing", String::as_str).to_owned();
                format!("\n  {name}:\n    shown    {}\n    expected {}", line(&shown), line(expected))
            })
            .collect();
        anyhow::ensure!(different.is_empty(), "{}", different.concat());
        Ok(())
    })
    .await
}
