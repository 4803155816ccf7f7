//! The containers of a pod, with the reasons for how they are.

use leptos::prelude::*;
use model::chart::stack::Tone;
use model::detail::pod::{ContainerDetail, End, PodDetail, Run};
use model::format;
use model::k8s::resources::Resources;
use model::route::{Location, Page, PodTab};

use crate::app::use_place;
use crate::pages::cells::Age;
use crate::ui::state_mark::StateMark;

/// A row for each container.
#[component]
pub fn Containers(pod: Memo<Option<PodDetail>>) -> impl IntoView {
    let names = move || pod.with(|p| p.iter().flat_map(|p| &p.containers).map(|c| c.name.clone()).collect::<Vec<_>>());
    view! {
        <div class="scroll-x" role="region" aria-label="Containers, which scrolls" tabindex="0">
            <table class="plain">
                <thead>
                    <tr>
                        <th>"Container"</th>
                        <th>"State"</th>
                        <th class="number">"Restarts"</th>
                        <th>"Ended before"</th>
                        <th>"Requests / limits"</th>
                        <th>"Image"</th>
                        <th><span class="heard">"Log"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=names key=Clone::clone let(name)>
                        <Container pod name />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Container(pod: Memo<Option<PodDetail>>, name: String) -> impl IntoView {
    let place = use_place();
    let container = Memo::new(move |_| {
        pod.with(|p| {
            let pod = p.as_ref()?;
            let container = pod.containers.iter().find(|c| c.name == name)?.clone();
            Some((container, pod.namespace.clone(), pod.name.clone()))
        })
    });
    move || {
        container.get().map(|(c, namespace, pod)| {
            let logs = place.with(|l: &Location| {
                let page = Page::Pod { namespace: namespace.clone(), name: pod.clone(), tab: PodTab::Logs };
                l.with_page(page).with_container(c.name.clone(), false).to_string()
            });
            let asks = asks(&c);
            view! {
                <tr>
                    <td><b>{c.name}</b>" "<span class="mute">{c.role.word()}</span></td>
                    <td class="wrap"><StateMark tone=tone(c.state, c.ready) word=word(c.state, c.ready, c.status) />" "<span class="mute">{c.message}</span></td>
                    <td class="number">{format::count(u64::try_from(c.restarts).unwrap_or(0))}</td>
                    <td class="wrap">{c.last.map(|end| view! { <Ended end /> })}</td>
                    <td>{asks}</td>
                    <td class="mute">{c.image}</td>
                    <td><a class="link" href=logs>"Logs"</a></td>
                </tr>
            }
        })
    }
}

#[component]
fn Ended(end: End) -> impl IntoView {
    let finished_s = end.finished_s;
    view! {
        {format!("{} (exit {}) ", end.reason, end.exit_code)}
        <span class="mute"><Age since_s=finished_s />" ago "{end.message}</span>
    }
}

fn tone(run: Run, ready: bool) -> Tone {
    match run {
        Run::Running if ready => Tone::Ok,
        Run::Running | Run::Waiting => Tone::Warn,
        Run::Stuck | Run::Failed => Tone::Bad,
        Run::Completed => Tone::Done,
        Run::Unknown => Tone::Unknown,
    }
}

fn word(run: Run, ready: bool, status: String) -> String {
    if run == Run::Running && !ready { format!("{status}, not ready") } else { status }
}

fn asks(c: &ContainerDetail) -> String {
    let words = |r: &Resources| {
        let cpu = if r.cpu_millis > 0 { format::cores(r.cpu_millis) } else { "–".to_owned() };
        let mem = if r.mem_bytes > 0 { format::bytes(r.mem_bytes) } else { "–".to_owned() };
        format!("{cpu}, {mem}")
    };
    format!("{} / {}", words(&c.requests), words(&c.limits))
}
