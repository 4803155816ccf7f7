//! The log of a container: followed, bounded, of this run or of the one before.

use leptos::html::Div;
use leptos::prelude::*;
use model::detail::pod::PodDetail;
use model::format;
use model::logs::refused;
use model::table::window::{ROW_PX, in_sight};
use model::timestamp;

use crate::app::use_place;
use crate::live::Cluster;
use crate::live::logs::{Log, LogState};
use crate::ui::card::{Face, FaceView};
use crate::web::timer::next_frame;

/// The tab.
#[component]
pub fn Logs(pod: Memo<Option<PodDetail>>, namespace: String, name: String) -> impl IntoView {
    let place = use_place();
    let cluster: Cluster = expect_context();
    let containers = Memo::new(move |_| {
        pod.with(|p| p.iter().flat_map(|p| &p.containers).map(|c| c.name.clone()).collect::<Vec<_>>())
    });
    // The one in the address, else the first ordinary one.
    let container = Memo::new(move |_| {
        place.with(|l| l.view.container.clone()).or_else(|| {
            pod.with(|p| {
                let all = &p.as_ref()?.containers;
                all.iter().find(|c| c.role.word().is_empty()).or(all.first()).map(|c| c.name.clone())
            })
        })
    });
    let previous = Memo::new(move |_| place.with(|l| l.view.previous));
    let again = RwSignal::new(0_u32);
    let log = Memo::new_with_compare(
        move |_| {
            again.track();
            container.get().map(|c| Log::open(&cluster, &namespace, &name, &c, previous.get()))
        },
        |_, _| true,
    );
    let choose = move |container: String, previous: bool| {
        place.replace(place.now(|l| l.clone().with_container(container, previous)));
    };
    let options = move || {
        let chosen = container.get();
        let option = |name: String| {
            let selected = chosen.as_ref() == Some(&name);
            view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
        };
        containers.get().into_iter().map(option).collect_view()
    };
    let follow = RwSignal::new(true);
    let read_again = Callback::new(move |()| again.update(|n| *n += 1));
    // Where nothing could be read, the card itself offers to try again.
    let unread = move || {
        let read = |log: Log| !matches!(log.state().get(), LogState::Failed(_)) || !log.is_empty();
        !log.get().is_some_and(read)
    };
    view! {
        <section class="card log-card" aria-label="Logs">
            <header>
                <select class="field" aria-label="Container" on:change=move |e| choose(event_target_value(&e), previous.get_untracked())>
                    {options}
                </select>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || previous.get()
                        on:change=move |e| choose(container.get_untracked().unwrap_or_default(), event_target_checked(&e))
                    />
                    " previous run"
                </label>
                {move || log.get().map(|log| view! { <Progress log /> })}
                <button class="button" disabled=move || follow.get() on:click=move |_| follow.set(true)>"To the newest"</button>
                <button class="button" hidden=unread on:click=move |_| read_again.run(())>"Read again"</button>
            </header>
            {move || log.get().map(|log| view! { <Lines log follow previous=previous.get_untracked() retry=read_again /> })}
        </section>
    }
}

/// How far the log is read, and what was left out.
#[component]
fn Progress(log: Log) -> impl IntoView {
    let (version, state) = (log.version(), log.state());
    let words = move || {
        version.track();
        let lines = format::plural(log.len() as u64, "line", "lines");
        let dropped = match log.dropped() {
            0 => String::new(),
            dropped => format!(", {} older ones left out", format::count(dropped)),
        };
        match state.get() {
            LogState::Opening => "opening".to_owned(),
            LogState::Failed(_) if log.is_empty() => "not read".to_owned(),
            LogState::Following => format!("following, {lines}{dropped}"),
            LogState::Ended => format!("ended, {lines}{dropped}"),
            LogState::Failed(failure) => format!("broken off, {lines}{dropped}: {}", failure.sentence()),
        }
    };
    view! { <span class="mute" role="status" aria-label="Log">{words}</span> }
}

/// The lines of one log; only those in sight are in the page.
#[component]
fn Lines(log: Log, follow: RwSignal<bool>, previous: bool, retry: Callback<()>) -> impl IntoView {
    let (version, state) = (log.version(), log.state());
    let scroller = NodeRef::<Div>::new();
    let (scroll_px, height_px) = (RwSignal::new(0.0), RwSignal::new(600.0));
    let count = Memo::new({
        let (log, version) = (log.clone(), version.clone());
        move |_| {
            version.track();
            log.len()
        }
    });
    let range = Memo::new(move |_| in_sight(scroll_px.get(), height_px.get(), count.get()));
    let lines = move || {
        version.track();
        let rows = log.range(range.get()).into_iter().map(|line| {
            let exact = line.time_micros.map(|t| timestamp::utc(t.div_euclid(1_000_000)));
            view! { <div class="log-line"><time>{exact}</time>{line.text}</div> }
        });
        rows.collect_view()
    };
    Effect::new(move || {
        count.track();
        if let Some(element) = scroller.get() {
            height_px.set(f64::from(element.client_height()));
            if follow.get() {
                // In the next frame, when the new lines have their height.
                next_frame(move || element.set_scroll_top(element.scroll_height()));
            }
        }
    });
    let scrolled = move |_| {
        if let Some(element) = scroller.get_untracked() {
            let (before, now) = (scroll_px.get_untracked(), f64::from(element.scroll_top()));
            scroll_px.set(now);
            let rest = element.scroll_height() - element.scroll_top() - element.client_height();
            // Only a way back up is a person's: new lines may have come since following went down.
            if rest < ROW_PX as i32 {
                follow.set(true);
            } else if now < before {
                follow.set(false);
            }
        }
    };
    let face = Signal::derive(move || match state.get() {
        LogState::Opening => Face::Loading("Opening the log…".into()),
        LogState::Failed(failure) if count.get() == 0 => {
            let (tried, advice) = refused(&failure, previous);
            let said = failure.server_words().unwrap_or_default().to_owned();
            Face::Failed { tried: tried.to_owned(), said, next: advice.to_owned() }
        }
        _ if count.get() == 0 => Face::Empty {
            why: "The container has written nothing.".into(),
            next: "New lines appear here by themselves.".into(),
        },
        _ => Face::Full,
    });
    let full = Memo::new(move |_| face.get() == Face::Full);
    view! {
        <Show when=move || full.get() fallback=move || view! { <FaceView face retry=Some(retry) /> }>
            <div class="log" node_ref=scroller tabindex="0" role="log" aria-live="off" aria-label="Log lines" on:scroll=scrolled>
                <div style:height=move || format!("{}px", range.get().start * ROW_PX)></div>
                {lines.clone()}
                <div style:height=move || format!("{}px", count.get().saturating_sub(range.get().end) * ROW_PX)></div>
            </div>
        </Show>
    }
}
