//! Taking the words of the server apart.

/// The longest piece of a server's words that is shown in a line.
const MOST_CHARS: usize = 160;

/// What stands between `before` and `after`.
pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// Whether any of these is in the text, in any case.
pub(super) fn has(text: &str, needles: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    needles.iter().any(|needle| text.contains(needle))
}

/// In one line that can be read at a glance.
pub(super) fn short(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("").trim_end()),
        None => line,
    }
}

/// The last line that says something: of a log, the one that says why it ended.
pub(super) fn last_line(text: &str) -> Option<String> {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(short)
}

/// The last of the reasons that a Go program chained with colons, with those before it until it can stand alone.
pub(super) fn root(text: &str) -> &str {
    let text = text.trim().trim_end_matches('.');
    let text = text.rsplit_once(" desc = ").map_or(text, |(_, described)| described);
    let mut colons = text.rmatch_indices(": ").map(|(at, _)| text.get(at + 2..).unwrap_or(""));
    // A word alone, a number or an address says little.
    colons.find(|last| last.contains(' ')).unwrap_or(text)
}
