//! The words of the node picture: its groups beside it, and on few and wide bars the names of nodes.

use leptos::prelude::*;
use model::chart::Rect;
use model::chart::nodes::NodeLayout;
use model::format::count;
use model::overview::nodes::Picture;
use model::route::Page;

use crate::app::use_place;
use crate::live::Cluster;
use crate::ui::look::use_look;
use crate::ui::middle::Middle;

/// A group of this many CSS pixels has room for three lines.
const THREE_LINES: f64 = 48.0;

/// The names and numbers of the groups, each beside its rows.
#[component]
pub(super) fn GroupNames(shown: Memo<Picture>, layout: Memo<NodeLayout>) -> impl IntoView {
    let look = use_look();
    let groups = Memo::new(move |_| shown.with(|picture| picture.groups.clone()));
    let items = move || {
        let ratio = look.pixel_ratio();
        let place = |index| layout.with(|layout| layout.group(index));
        let placed = |(index, group)| Some((place(index)?, group));
        let items = groups.get().into_iter().enumerate().filter_map(placed).map(|(rect, group)| {
            let height = f64::from(rect.height) / ratio;
            let title = format!("{}: {} nodes, {} not ready", group.name, count(group.count as u64), group.not_ready);
            let not_ready = (group.not_ready > 0)
                .then(|| number(format!("◆ {}", count(group.not_ready as u64)), "bad", group.not_ready_filter()));
            view! {
                <li
                    class:line=height < THREE_LINES
                    title=title
                    style:top=css(rect.y, ratio)
                    style:height=css(rect.height, ratio)
                >
                    <Middle text=group.name />
                    {number(count(group.count as u64), "faint", group.filter)}
                    {not_ready}
                </li>
            }
        });
        items.collect_view()
    };
    view! { <ul class="groups" aria-label="Groups of nodes">{items}</ul> }
}

/// A number that leads to the nodes that it counts.
fn number(words: String, class: &'static str, filter: Option<String>) -> AnyView {
    match filter {
        None => view! { <span class=class>{words}</span> }.into_any(),
        Some(filter) => {
            let href = use_place().link(move |l| l.with_page(Page::Nodes).with_query(filter.clone()));
            view! { <a class=class href=href>{words}</a> }.into_any()
        }
    }
}

/// The names of nodes above their bars, where there is room.
#[component]
pub(super) fn NodeNames(shown: Memo<Picture>, layout: Memo<NodeLayout>) -> impl IntoView {
    let cluster: Cluster = expect_context();
    let look = use_look();
    let items = move || {
        let ratio = look.pixel_ratio();
        let rects =
            layout.with(|layout| (0..layout.len()).map_while(|index| layout.name(index)).collect::<Vec<Rect>>());
        let names = shown.with(|picture| {
            cluster.store(|store| {
                let rows = picture.rows.iter().filter_map(|number| store.nodes.rows().get(*number));
                rows.take(rects.len()).map(|row| store.names.text(row.name).to_owned()).collect::<Vec<_>>()
            })
        });
        let items = rects.into_iter().zip(names).map(|(rect, name)| {
            view! {
                <li style:left=css(rect.x, ratio) style:top=css(rect.y, ratio) style:width=css(rect.width, ratio)>{name}</li>
            }
        });
        items.collect_view()
    };
    view! { <ul class="names" aria-hidden="true">{items}</ul> }
}

fn css(device: u32, ratio: f64) -> String {
    // Tenths are fine enough, and integers need no float formatting.
    let tenths = (f64::from(device) / ratio * 10.0).round() as u64;
    format!("{}.{}px", tenths / 10, tenths % 10)
}
