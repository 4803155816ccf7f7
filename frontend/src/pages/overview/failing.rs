//! What fails: the worst first, why in words, and the way to the rows, the owner and the log.

use leptos::prelude::*;
use model::chart::bursts;
use model::chart::stack::Tone;
use model::demand::Kind;
use model::failing::{Rows, Trouble, troubles};
use model::failure::Failure;
use model::filter::any_of;
use model::format;
use model::route::{Location, Page, PodTab};
use model::store::names::Name;
use model::store::scope::Scope;

use super::{counted, told};
use crate::app::use_here;
use crate::live::kinds::Kinds;
use crate::live::lists::Lists;
use crate::live::{Cluster, Feed, Phase};
use crate::pages::cells::{AgeAndLast, page_of};
use crate::pages::faces::face_of;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Chart, Draw};
use crate::ui::passing::passing;

/// What the card reads beside pods and nodes.
static TOLD_OF: [Kind; 4] = [Kind::Events, Kind::Deployments, Kind::StatefulSets, Kind::DaemonSets];
const TOLD_OF_WORDS: [&str; 4] = ["events", "deployments", "stateful sets", "daemon sets"];
/// So many are shown at first.
const SHOWN: usize = 7;
/// So many namespaces are named on hover.
const NAMED: usize = 50;
/// Time passes for the card in steps: nothing in it is about seconds.
pub(in crate::pages) const STEP_S: i64 = 30;

/// The card.
#[component]
pub(super) fn FailingCard() -> impl IntoView {
    let lists: Lists = expect_context();
    let (cluster, kinds): (Cluster, Kinds) = (expect_context(), expect_context());
    kinds.look_at(&TOLD_OF);
    let now_s = cluster.now_s();
    let step = Memo::new(move |_| now_s.get() / STEP_S);
    let (events, workloads) = (kinds.events_version(), kinds.workloads_version());
    let track = move |cluster: &Cluster| {
        cluster.pods_version().track();
        cluster.nodes_version().track();
        events.track();
        workloads.track();
        step.track();
    };
    let clock = cluster.now_s();
    let found = counted(track, move |store, scope| match scope {
        Scope::Namespaces(names) => troubles(store, names, clock.get_untracked()),
        // Nodes lie in no namespace, and matter to all.
        Scope::Nothing => troubles(store, &[Name::EMPTY], clock.get_untracked()),
    });
    let count = Memo::new(move |_| found.with(Vec::len));
    let feed = {
        let lists = lists.clone();
        told(move || lists.pods())
    };
    let events_feed = {
        let kinds = kinds.clone();
        told(move || kinds.feed(Kind::Events))
    };
    let unknown = {
        let lists = lists.clone();
        Memo::new(move |_| {
            let others = TOLD_OF_WORDS.into_iter().zip(TOLD_OF).map(|(what, kind)| (what, kinds.feed(kind)));
            Unknown::of(others.chain([("nodes", lists.nodes())]))
        })
    };
    let face = Signal::derive(move || {
        match face_of(&feed.get(), "pods") {
            // Events say why: lines that wait for them find their words and places at once.
            Face::Full
                if events_feed
                    .with(|told| !told.loaded && matches!(told.phase, Phase::Idle | Phase::Loading { .. })) =>
            {
                Face::Loading("Loading events…".into())
            }
            face @ Face::Stale { .. } => face,
            _ if count.get() > 0 => Face::Full,
            Face::Full => unknown.with(|unknown| unknown.as_ref().map_or_else(nothing_fails, Unknown::face)),
            face => face,
        }
    });
    let all = RwSignal::new(false);
    let keys = move || {
        let most = if all.get() { usize::MAX } else { SHOWN };
        found.with(|found| found.iter().take(most).map(|trouble| trouble.key.clone()).collect::<Vec<_>>())
    };
    let words = move || match count.get() {
        0 => String::new(),
        count if count <= SHOWN || all.get() => format::plural(count as u64, "trouble", "troubles"),
        count => format!("{SHOWN} of {}", format::plural(count as u64, "trouble", "troubles")),
    };
    let more = Memo::new(move |_| count.get() > SHOWN);
    // Built anew only when the button comes or goes, so that it keeps the keyboard while the numbers change.
    let aside = move || {
        let button = more.get().then(|| {
            view! {
                <button class="button small" aria-expanded=move || all.get().to_string() on:click=move |_| all.update(|all| *all = !*all)>
                    {move || if all.get() { "Show fewer" } else { "Show all" }}
                </button>
            }
        });
        view! { <span>{words}</span>{button} }
    };
    view! {
        <Card title="What fails" face retry=Callback::new(move |()| lists.retry_pods()) aside>
            <Lines found keys=Signal::derive(keys) />
            <p class="mute" role="note">{move || unknown.with(|unknown| unknown.as_ref().map(Unknown::note))}</p>
        </Card>
    }
}

/// Troubles as a table: those of `found` that `keys` names.
#[component]
pub(in crate::pages) fn Lines(found: Memo<Vec<Trouble>>, keys: Signal<Vec<String>>) -> impl IntoView {
    view! {
            <div class="troubles-scroll">
            <table class="plain troubles">
                <thead>
                    <tr>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Whose"</th>
                        <th scope="col" class="num">"How many"</th>
                        <th scope="col" class="num">"Restarts"</th>
                        <th scope="col" class="num">"Since"</th>
                        <th scope="col">"Last hour"</th>
                        <th scope="col"><span class="heard">"Log"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || keys.get() key=Clone::clone let(key)>
                        <Line found key />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// What could not be read, so that troubles of it are not known.
#[derive(Clone, PartialEq)]
struct Unknown {
    what: String,
    /// Of the first of them.
    said: String,
    next: &'static str,
}

impl Unknown {
    fn of(feeds: impl Iterator<Item = (&'static str, Feed)>) -> Option<Self> {
        let failed: Vec<(&str, Failure)> =
            feeds.filter_map(|(what, feed)| Some((what, feed.failure()?.clone()))).collect();
        let (_, first) = failed.first()?;
        let what: Vec<&str> = failed.iter().map(|(what, _)| *what).collect();
        let said = first.server_words().map_or_else(|| first.sentence(), ToOwned::to_owned);
        Some(Self { what: what.join(", "), said, next: first.advice() })
    }

    fn note(&self) -> String {
        format!("Without {}, so more may fail, and some lines cannot say why. {}", self.what, self.said)
    }

    fn face(&self) -> Face {
        let why = format!("No pod fails. Of {} nothing is known: {}", self.what, self.said);
        Face::Empty { why, next: self.next.into() }
    }
}

fn nothing_fails() -> Face {
    Face::Empty {
        why: "Nothing fails.".into(),
        next: "Pods that crash, wait or are not ready, nodes that are not well and warnings appear here by themselves."
            .into(),
    }
}

/// One trouble; it changes in place.
#[component]
fn Line(found: Memo<Vec<Trouble>>, key: String) -> impl IntoView {
    // One that has just gone keeps its last look until its element goes too.
    let trouble = passing(move |old: Option<&Option<Trouble>>| {
        let now = found.with(|found| found.iter().find(|trouble| trouble.key == key).cloned());
        now.or_else(|| old.cloned().flatten())
    });
    let here = use_here();
    let cells = move || trouble.get().map(|trouble| view! { <Cells trouble here /> });
    let pieces = passing(move |_| trouble.with(|t| t.as_ref().map(|t| (t.history.clone(), t.tone))));
    let label = Signal::derive(move || {
        pieces.with(|pieces| pieces.as_ref().map(|(history, _)| history.words())).unwrap_or_default()
    });
    let log = move || trouble.with(|trouble| trouble.as_ref().and_then(|trouble| trouble.log.clone()));
    let log_link = move || {
        log().map(|log| {
            let label = format!("Log of {}", log.pod);
            let page = Page::Pod { namespace: log.namespace, name: log.pod, tab: PodTab::Logs };
            let href = here
                .with(|l| l.with_page(page.clone()).with_container(log.container.clone(), log.previous).to_string());
            view! { <a class="link" href=href aria-label=label>"Log"</a> }
        })
    };
    view! {
        <tr>
            {cells}
            <td>
                <span class="bursts" title=label>
                    <Chart
                        label
                        draw=Draw::still(move |area, theme| {
                            let _ = pieces.with(|pieces| {
                                pieces.as_ref().map(|(history, tone)| {
                                    let color = if *tone == Tone::Bad { theme.bad } else { theme.warn };
                                    // The canvas' error type has no values.
                                    bursts::draw(area, &history.pieces, history.most(), color, theme)
                                })
                            });
                        })
                    />
                </span>
            </td>
            <td>{log_link}</td>
        </tr>
    }
}

/// What is told of a trouble in words and numbers.
#[component]
fn Cells(trouble: Trouble, here: Memo<Location>) -> impl IntoView {
    let Trouble {
        tone,
        title,
        words,
        owner,
        namespace,
        namespaces,
        version,
        count,
        rows,
        filter,
        restarts,
        since_s,
        last_s,
        brought,
        place,
        places,
        ..
    } = trouble;
    let (page, noun) = match rows {
        Rows::Pods => (Page::Pods, ("pod", "pods")),
        Rows::Nodes => (Page::Nodes, ("node", "nodes")),
        Rows::Events => (Page::Events, ("event", "events")),
        Rows::Workloads => (Page::Workloads, ("workload", "workloads")),
    };
    let (kind, name) = owner;
    let to = |page: Page, query: String| here.with(|l| l.with_page(page).with_query(query).to_string());
    let behind = to(page, filter);
    let href = match page_of(&kind, &namespace, &name) {
        Some(Page::Workload { .. }) if !namespaces.is_empty() => {
            let named = any_of("ns", &namespaces).unwrap_or_default();
            let owners = format!("object:{}/{name} {named}", kind.to_ascii_lowercase());
            Some(to(Page::Workloads, owners))
        }
        page => page.filter(|_| namespaces.is_empty()).map(|page| to(page, String::new())),
    };
    let named = if namespaces.is_empty() { std::slice::from_ref(&namespace) } else { &namespaces };
    let named = named.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("\n");
    let of_version = if brought.is_empty() { &version } else { &brought };
    let what = format!("{kind} {name}");
    let hover =
        [what.trim(), of_version, &named].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let whose = match href {
        Some(href) => view! { <a class="link" href=href>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    let version = (!version.is_empty()).then(|| view! { <span class="mute">" : "{version}</span> });
    let namespace = if namespaces.is_empty() {
        namespace
    } else {
        format!("{} namespaces", format::count(namespaces.len() as u64))
    };
    let at = (!namespace.is_empty()).then(|| view! { <span class="mute">" · "{namespace}</span> });
    let classes = if tone == Tone::Bad { "state bad" } else { "state warn" };
    let why = format!("{title}: {words}\n{}", places.join("\n")).trim_end().to_owned();
    let place = (!place.is_empty()).then(|| view! { <span>{place}": "</span> });
    view! {
        <td class="why" title=why><span class=classes><b>{title}</b></span>" "{place}<span>{words}</span></td>
        <td class="whose" title=hover>{whose}{version}{at}</td>
        <td class="num"><a class="link" href=behind>{format::plural(count, noun.0, noun.1)}</a></td>
        <td class="num">{restarts.map_or_else(|| "–".to_owned(), |n| format::count(u64::try_from(n).unwrap_or(0)))}</td>
        <td class="num"><AgeAndLast since_s last_s /></td>
    }
}
