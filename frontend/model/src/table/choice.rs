//! Which columns are shown, and in which order: `columns=name,age` in the address.

use super::column::Column;
use crate::route::{Location, View};

/// The key in the address.
const KEY: &str = "columns";

/// The places of the columns that are shown, in their order. The first column names the row: it is always there, and first.
/// Without a choice, or with one that names no column, the usual ones are shown.
pub fn shown(columns: &[Column], view: &View) -> Vec<usize> {
    let text = view.other.iter().rev().find(|(key, _)| key == KEY).map_or("", |(_, text)| text);
    let mut places: Vec<usize> = vec![0];
    for id in text.split(',') {
        match columns.iter().position(|column| column.id == id) {
            Some(place) if !places.contains(&place) => places.push(place),
            _ => {}
        }
    }
    if places.len() == 1 && !text.split(',').any(|id| columns.first().is_some_and(|first| first.id == id)) {
        return usual(columns);
    }
    places.retain(|place| *place < columns.len());
    places
}

/// The places of the columns that are shown where nobody has chosen: together they fit a screen of 1440 px.
pub fn usual(columns: &[Column]) -> Vec<usize> {
    let usual = columns.iter().enumerate().filter(|(_, column)| column.usual);
    usual.map(|(place, _)| place).collect()
}

/// The same place with these columns.
#[must_use]
pub fn with_shown(location: &Location, columns: &[Column], places: &[usize]) -> Location {
    let mut location = location.clone();
    location.view.other.retain(|(key, _)| key != KEY);
    if places != usual(columns) {
        let ids: Vec<&str> = places.iter().filter_map(|place| columns.get(*place)).map(|column| column.id).collect();
        location.view.other.push((KEY.to_owned(), ids.join(",")));
    }
    location
}

/// The columns with one more or one less.
#[must_use]
pub fn toggled(mut places: Vec<usize>, place: usize) -> Vec<usize> {
    match places.iter().position(|shown| *shown == place) {
        Some(at) => drop(places.remove(at)),
        None => places.push(place),
    }
    places
}

/// The columns with one of them moved to the left or to the right; never before the first.
#[must_use]
pub fn moved(mut places: Vec<usize>, place: usize, to_the_left: bool) -> Vec<usize> {
    let Some(at) = places.iter().position(|shown| *shown == place) else { return places };
    let to = if to_the_left { at.saturating_sub(1) } else { at + 1 };
    if at > 0 && to > 0 && to < places.len() {
        places.swap(at, to);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::table::{event, namespace, node, pod, service, workload};

    const COLUMNS: [Column; 4] = [
        Column::words("name", "Name", 9),
        Column::words("ready", "Ready", 9),
        Column::words("age", "Age", 9),
        Column::words("node", "Node", 9).on_choice(),
    ];

    fn at(columns: &str) -> Location {
        Location::parse(&format!("/c/x/pods?columns={columns}")).unwrap()
    }

    #[test]
    fn the_columns_of_the_address_are_shown_in_their_order() {
        let check = |text: &str, expect: &[usize]| assert_eq!(shown(&COLUMNS, &at(text).view), expect, "{text}");
        check("", &[0, 1, 2]);
        check("name,ready,age,node", &[0, 1, 2, 3]);
        check("name,age,ready", &[0, 2, 1]);
        check("node,name", &[0, 3]);
        check("age,age,new", &[0, 2]);
        check("name", &[0]);
        check("no,such", &[0, 1, 2]);
    }

    #[test]
    fn a_choice_reads_back_from_the_address() {
        for places in [vec![0], vec![0, 3], vec![0, 2, 1], vec![0, 1, 2, 3], vec![0, 3, 2, 1]] {
            let location = with_shown(&at("age"), &COLUMNS, &places);
            let read = Location::parse(&location.to_string()).unwrap();
            assert_eq!(shown(&COLUMNS, &read.view), places, "{location}");
        }
        assert_eq!(with_shown(&at("age"), &COLUMNS, &[0, 1, 2]).to_string(), "#/c/x/pods");
    }

    #[test]
    fn the_usual_columns_of_each_table_fit_a_screen_of_1440_px() {
        // Beside the rail, the page's margins, the card's padding and a scroll bar.
        const ROOM_PX: u32 = 1440 - 196 - 40 - 14 - 15;
        let check = |what: &str, columns: &[Column]| {
            let px: u32 = columns.iter().filter(|column| column.usual).map(|column| column.width_px).sum();
            assert!(px <= ROOM_PX, "{what} take {px} of {ROOM_PX} px");
            assert!(columns.first().is_some_and(|first| first.usual), "{what}");
        };
        check("pods", &pod::COLUMNS);
        check("nodes", &node::COLUMNS);
        check("workloads", &workload::COLUMNS);
        check("services", &service::COLUMNS);
        check("events", &event::COLUMNS);
        check("namespaces", &namespace::COLUMNS);
    }

    #[test]
    fn columns_come_and_go_and_move_but_the_first_stays() {
        assert_eq!(toggled(vec![0, 1, 2], 1), [0, 2]);
        assert_eq!(toggled(vec![0, 2], 1), [0, 2, 1]);
        assert_eq!(moved(vec![0, 2, 1], 1, true), [0, 1, 2]);
        assert_eq!(moved(vec![0, 2, 1], 2, true), [0, 2, 1]);
        assert_eq!(moved(vec![0, 2, 1], 0, false), [0, 2, 1]);
        assert_eq!(moved(vec![0, 2, 1], 1, false), [0, 2, 1]);
        assert_eq!(moved(vec![0, 2, 1], 3, false), [0, 2, 1]);
    }
}
