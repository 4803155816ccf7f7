//! What matters for a pod first: why it is as it is, its containers, its conditions.

use leptos::prelude::*;
use model::detail::pod::PodDetail;
use model::format;
use model::route::Page;

use super::containers::Containers;
use crate::app::use_place;
use crate::pages::facts::{Conditions, Labels};
use crate::ui::card::{Card, Face};
use crate::ui::notice::{Notice, Weight};

/// The first tab.
#[component]
pub fn Summary(pod: Memo<Option<PodDetail>>) -> impl IntoView {
    let message = Memo::new(move |_| pod.with(|p| p.as_ref().map(|p| p.message.clone()).unwrap_or_default()));
    let conditions = Signal::derive(move || pod.with(|p| p.as_ref().map(|p| p.conditions.clone()).unwrap_or_default()));
    let labels = Signal::derive(move || pod.with(|p| p.as_ref().map(|p| p.labels.clone()).unwrap_or_default()));
    view! {
        <Show when=move || !message.get().is_empty()>
            <Notice weight=Weight::Warn>{move || message.get()}</Notice>
        </Show>
        <Card title="Containers" face=Face::Full><Containers pod /></Card>
        <div class="columns wide-first">
            <Card title="Conditions" face=Face::Full><Conditions conditions /></Card>
            <Card title="Facts" face=Face::Full><Facts pod /></Card>
            <Card title="Labels" face=Face::Full><Labels labels page=Page::Pods /></Card>
        </div>
    }
}

#[component]
fn Facts(pod: Memo<Option<PodDetail>>) -> impl IntoView {
    let place = use_place();
    move || {
        pod.get().map(|p| {
            let node = p.node.clone();
            let to = place.with(|l| l.with_page(Page::Node { name: node }).to_string());
            let asks = |cpu: u64, mem: u64| match (cpu, mem) {
                (0, 0) => "none".to_owned(),
                (0, mem) => format!("no CPU, {}", format::bytes(mem)),
                (cpu, 0) => format!("{} cores, no memory", format::cores(cpu)),
                (cpu, mem) => format!("{} cores, {}", format::cores(cpu), format::bytes(mem)),
            };
            let rows = [
                ("IP", p.ip),
                ("Host IP", p.host_ip),
                ("QoS class", p.qos_class),
                ("Service account", p.service_account),
                ("Restart policy", p.restart_policy),
                ("Requests", asks(p.requests.cpu_millis, p.requests.mem_bytes)),
                ("Limits", asks(p.limits.cpu_millis, p.limits.mem_bytes)),
            ];
            view! {
                <dl class="facts">
                    <dt>"Node"</dt>
                    <dd>{if p.node.is_empty() { "not scheduled".into_any() } else { view! { <a class="link" href=to>{p.node}</a> }.into_any() }}</dd>
                    {rows
                        .into_iter()
                        .filter(|(_, value)| !value.is_empty())
                        .map(|(key, value)| view! { <dt>{key}</dt><dd>{value}</dd> })
                        .collect_view()}
                </dl>
            }
        })
    }
}
