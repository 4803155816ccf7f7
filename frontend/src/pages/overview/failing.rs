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
use crate::ui::again::growing;
use crate::ui::card::{Card, Face};
use crate::ui::chart::{Chart, Draw};
use crate::ui::passing::passing;

/// What the card reads beside pods and nodes.
static TOLD_OF: [Kind; 4] = [Kind::Events, Kind::Deployments, Kind::StatefulSets, Kind::DaemonSets];
const TOLD_OF_WORDS: [&str; 4] = ["events", "deployments", "stateful sets", "daemon sets"];
/// So many are shown at first, where they are more than fit.
const SHOWN: usize = 10;
/// So many are built a frame.
const LINES_A_FRAME: usize = 3;
/// So many are shown without being asked for.
const FIT: usize = 14;
/// The namespaces of a line are named where they need no more characters than this.
const NAMED_CHARS: usize = 30;
/// Of so many pods replica sets are few enough to be listed for the versions of troubles.
const MOST_PODS: usize = 20_000;
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
    let waits = {
        let kinds = kinds.clone();
        let waits = move |kind: Kind| {
            let feed = kinds.feed(kind);
            !feed.loaded && matches!(feed.phase, Phase::Idle | Phase::Loading { .. })
        };
        told(move || TOLD_OF.into_iter().any(&waits))
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
            // Events say why, and workloads have lines of their own: all of them find their words and places at once.
            Face::Full if waits.get() => Face::Loading("Loading events…".into()),
            face @ Face::Stale { .. } => face,
            _ if count.get() > 0 => Face::Full,
            Face::Full => unknown.with(|unknown| unknown.as_ref().map_or_else(nothing_fails, Unknown::face)),
            face => face,
        }
    });
    let all = RwSignal::new(false);
    let more = Memo::new(move |_| count.get() > FIT);
    let wanted = move || if all.get() { count.get() } else { count.get().min(if more.get() { SHOWN } else { FIT }) };
    let most = growing(LINES_A_FRAME, wanted);
    let keys = move || {
        let most = most.get();
        found.with(|found| found.iter().take(most).map(|trouble| trouble.key.clone()).collect::<Vec<_>>())
    };
    let words = move || match count.get() {
        0 => String::new(),
        count if all.get() || !more.get() => format::plural(count as u64, "trouble", "troubles"),
        count => format!("{SHOWN} of {}", format::plural(count as u64, "trouble", "troubles")),
    };
    // Of a job that was given up often nothing is left but its warnings, and itself: jobs are listed when that is asked for.
    let jobs = once(found, |trouble| trouble.owner.0 == "Job" && trouble.version.is_empty());
    // Since when a version is there, and which was before, replica sets tell; of a large cluster they are too many to be asked.
    let sets = once(found, |trouble| {
        trouble.owner.0 == "Deployment" && trouble.brought.as_ref().is_none_or(|brought| !brought.is_whole())
    });
    let few = counted(super::pods, |store, _| store.pods.len() <= MOST_PODS);
    // What is below does not come up again when a line goes.
    let room = Memo::new(move |old: Option<&usize>| count.get().min(FIT).max(old.copied().unwrap_or(0)));
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
            <Show when=move || jobs.get()><Listed kinds=&[Kind::Jobs] /></Show>
            <Show when=move || few.get() && sets.get()><Listed kinds=&[Kind::ReplicaSets] /></Show>
            <div class="troubles-room" style=("--lines", move || room.get().to_string())>
                <Lines found keys=Signal::derive(keys) />
            </div>
            <p class="mute" role="note">{move || unknown.with(|unknown| unknown.as_ref().map(Unknown::note))}</p>
        </Card>
    }
}

/// Whether a trouble was ever so.
fn once(found: Memo<Vec<Trouble>>, is_so: fn(&Trouble) -> bool) -> Memo<bool> {
    Memo::new(move |was: Option<&bool>| was == Some(&true) || found.with(|found| found.iter().any(is_so)))
}

/// Lists kinds for as long as it is there, and shows nothing.
#[component]
fn Listed(kinds: &'static [Kind]) -> impl IntoView {
    expect_context::<Kinds>().look_at(kinds);
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
                        <th scope="col" class="num">"Since"</th>
                        <th scope="col">"Last hour"</th>
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
    let seen = Signal::derive(move || {
        pieces.with(|pieces| pieces.as_ref().map(|(history, _)| history.words())).unwrap_or_default()
    });
    let label = Signal::derive(move || {
        let seen = seen.get();
        if seen.is_empty() { "nothing seen in the last hour".to_owned() } else { seen }
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
                <span class="bursts" title=seen>
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
                {log_link}
            </td>
        </tr>
    }
}

/// What is told of a trouble in words and numbers.
#[component]
fn Cells(trouble: Trouble, here: Memo<Location>) -> impl IntoView {
    let Trouble { tone, title, words, image, count, rows, filter, restarts, since_s, last_s, place, places, .. } =
        &trouble;
    let (page, noun) = match rows {
        Rows::Pods => (Page::Pods, ("pod", "pods")),
        Rows::Nodes => (Page::Nodes, ("node", "nodes")),
        Rows::Events => (Page::Events, ("event", "events")),
        Rows::Workloads => (Page::Workloads, ("workload", "workloads")),
    };
    let behind = here.with(|l| l.with_page(page).with_query(filter.as_str()).to_string());
    let classes = if *tone == Tone::Bad { "state bad" } else { "state warn" };
    let why = format!("{title}: {words}");
    let lines = [why.as_str(), image].into_iter().chain(places.iter().map(String::as_str));
    let why = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let place = (!place.is_empty()).then(|| format!("{place}: "));
    let restarts = restarts.filter(|restarts| *restarts > 0).map(|restarts| {
        let restarts = format::plural(u64::try_from(restarts).unwrap_or(0), "restart", "restarts");
        view! { <span class="mute">{restarts}</span> }
    });
    view! {
        <td class="why" title=why>
            <div><span class=classes><b>{title.clone()}</b></span>" "<span>{place}{words.clone()}</span></div>
        </td>
        <Whose trouble=trouble.clone() here behind=behind.clone() />
        <td class="num"><a class="link" href=behind>{format::plural(*count, noun.0, noun.1)}</a>{restarts}</td>
        <td class="num"><AgeAndLast since_s=*since_s last_s=*last_s /></td>
    }
}

/// Whom a trouble befalls, and where that is.
#[component]
fn Whose(trouble: Trouble, here: Memo<Location>, behind: String) -> impl IntoView {
    let Trouble { owner: (kind, name), namespace, namespaces, version, brought, .. } = trouble;
    let to = |page: Page, query: String| here.with(|l| l.with_page(page).with_query(query).to_string());
    let href = match page_of(&kind, &namespace, &name) {
        Some(Page::Workload { .. }) if !namespaces.is_empty() => {
            let named = any_of("ns", &namespaces).unwrap_or_default();
            let owners = format!("object:{}/{name} {named}", kind.to_ascii_lowercase());
            Some(to(Page::Workloads, owners))
        }
        // Many nodes.
        None if kind.is_empty() && namespace.is_empty() => Some(behind),
        page => page.filter(|_| namespaces.is_empty()).map(|page| to(page, String::new())),
    };
    let at = match namespaces.as_slice() {
        [] => namespace.clone(),
        all => {
            let named = all.join(", ");
            let is_short = named.chars().count() <= NAMED_CHARS;
            if is_short { named } else { format!("{} namespaces", format::count(all.len() as u64)) }
        }
    };
    let named = if namespaces.is_empty() { std::slice::from_ref(&namespace) } else { &namespaces };
    let named = named.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("\n");
    let what = format!("{kind} {name}");
    let now_s = expect_context::<Cluster>().now_s();
    let hover = passing({
        let version = version.clone();
        move |_| {
            // As old as the cell beside it says.
            let brought = brought.as_ref().map(|brought| brought.words(&version, now_s.get()));
            let lines = [what.trim(), brought.as_deref().unwrap_or(&version), &named];
            lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
        }
    });
    let whose = match href {
        Some(href) => view! { <a class="link" href=href>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    let version = (!version.is_empty()).then(|| view! { <span class="mute">" : "{version}</span> });
    let lone = at.is_empty();
    let at = (!lone).then(|| view! { <div class="mute">{at}</div> });
    view! {
        <td class="whose" class:lone=lone title=hover><div>{whose}{version}</div>{at}</td>
    }
}
