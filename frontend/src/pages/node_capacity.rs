//! How much of one node is spoken for.

use leptos::prelude::*;
use model::chart::capacity;
use model::overview::capacity::{Line, of_node};

use crate::live::Cluster;
use crate::live::metrics::{Metrics, Reading};
use crate::ui::chart::{Chart, Draw};

/// A bar each for CPU, memory, pods and disk.
#[component]
pub fn NodeCapacity(name: String) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let metrics: Metrics = expect_context();
    let (nodes, pods, usage) = (cluster.nodes_version(), cluster.pods_version(), cluster.usage_version());
    let lines = Memo::new(move |_| {
        nodes.track();
        pods.track();
        usage.track();
        cluster.store(|s| {
            let row = s.nodes.by_name(s.names.find(&name)?)?;
            Some(of_node(s, row))
        })
    });
    let is_unknown = move || lines.with(|lines| matches!(lines, Some([cpu, ..]) if cpu.capacity.usage.is_none()));
    let missing = move || match metrics.nodes() {
        Reading::Taken => is_unknown()
            .then(|| "No usage: metrics.k8s.io does not know this node. See the log of metrics-server.".to_owned()),
        reading => reading.why_missing(),
    };
    view! {
        <For each=move || 0..lines.get().map_or(0, |l| l.len()) key=|i| *i let(i)>
            <CapacityLine line=Signal::derive(move || lines.get().and_then(|l| l.into_iter().nth(i))) />
        </For>
        <p class="mute">{missing}</p>
    }
}

#[component]
fn CapacityLine(line: Signal<Option<Line>>) -> impl IntoView {
    let word = move |of: fn(Line) -> String| move || line.get().map(of);
    let label = Signal::derive(move || line.get().map(|l| l.sentence).unwrap_or_default());
    view! {
        <div class="capacity">
            <span class="name">{move || line.get().map(|l| l.title)}</span>
            <span class="amount"><b>{word(|l| l.amount)}</b>" "{word(|l| l.of)}</span>
            <span class="shares">{word(|l| l.shares)}</span>
            <Chart
                label
                draw=Draw::bars(move |size, theme| {
                    let bars = |line: Line| capacity::bars(&line.capacity, size, theme);
                    line.get().map(bars).unwrap_or_default()
                })
            />
        </div>
    }
}
