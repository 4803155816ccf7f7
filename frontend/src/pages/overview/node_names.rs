//! The words of the node picture: its groups beside it, and on few and wide bars the names of nodes.

use leptos::prelude::*;
use model::chart::Rect;
use model::chart::nodes::NodeLayout;
use model::format::count;
use model::overview::nodes::Picture;

use crate::live::Cluster;
use crate::ui::look::use_look;
use crate::ui::middle::Middle;

/// A group of this many CSS pixels has room for three lines.
const THREE_LINES: f64 = 48.0;

/// The names and numbers of the groups, each beside its rows.
#[component]
pub(super) fn GroupNames(shown: Memo<Picture>, layout: Memo<NodeLayout>) -> impl IntoView {
    let look = use_look();
    let items = move || {
        let ratio = look.pixel_ratio();
        let place = |index| layout.with(|layout| layout.group(index));
        let placed = |(index, group)| Some((place(index)?, group));
        let groups = shown.with(|picture| picture.groups.clone());
        let items = groups.into_iter().enumerate().filter_map(placed).map(|(rect, group)| {
            let height = f64::from(rect.height) / ratio;
            let title = format!("{}: {} nodes, {} not ready", group.name, count(group.count as u64), group.not_ready);
            view! {
                <li
                    class:line=height < THREE_LINES
                    title=title
                    style:top=css(rect.y, ratio)
                    style:height=css(rect.height, ratio)
                >
                    <Middle text=group.name />
                    <span class="faint">{count(group.count as u64)}</span>
                    {(group.not_ready > 0).then(|| view! { <span class="bad">"◆ "{count(group.not_ready as u64)}</span> })}
                </li>
            }
        });
        items.collect_view()
    };
    view! { <ul class="groups" aria-label="Groups of nodes">{items}</ul> }
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
