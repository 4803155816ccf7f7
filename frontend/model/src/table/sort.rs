//! The order of a table's rows, as the heads of its columns ask for it and tell it.

use crate::route::Sort;

/// The order that a press on the head of `column` asks for: first up, then down.
pub fn pressed(column: &str, now: Option<&Sort>) -> Sort {
    let descending = now.is_some_and(|now| now.column == column && !now.descending);
    Sort { column: column.to_owned(), descending }
}

/// What assistive technology calls this order, seen from the head of `column`.
pub fn word(column: &str, now: Option<&Sort>) -> &'static str {
    match now.filter(|now| now.column == column) {
        None => "none",
        Some(Sort { descending: false, .. }) => "ascending",
        Some(Sort { descending: true, .. }) => "descending",
    }
}

#[cfg(test)]
mod tests {
    use super::{Sort, pressed, word};

    #[test]
    fn a_head_sorts_up_first_and_down_when_pressed_again() {
        let up = Sort { column: "age".into(), descending: false };
        let down = Sort { column: "age".into(), descending: true };
        assert_eq!(pressed("age", None), up);
        assert_eq!(pressed("age", Some(&up)), down);
        assert_eq!(pressed("age", Some(&down)), up);
        assert_eq!(pressed("age", Some(&Sort { column: "name".into(), descending: false })), up);
        assert_eq!(word("age", Some(&down)), "descending");
        assert_eq!(word("name", Some(&down)), "none");
    }
}
