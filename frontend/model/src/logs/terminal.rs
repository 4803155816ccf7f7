//! Text that was written for a terminal, as plain text.

/// Takes out escape sequences (ECMA-48: `ESC [ … letter`, `ESC ] … BEL`, and the like) and control characters but tabs.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(|character: char| character.is_control() && character != '\t') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\u{1B}' => skip_sequence(&mut rest),
            '\u{9B}' => skip_control_sequence(&mut rest),
            '\t' => plain.push('\t'),
            _ if character.is_control() => {}
            _ => plain.push(character),
        }
    }
    plain
}

/// What follows an ESC.
fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => skip_control_sequence(rest),
        // A string: title, hyperlink, … up to BEL or ESC \.
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(character) = rest.next() {
                if character == '\u{7}' || (character == '\u{1B}' && rest.next().is_some()) {
                    break;
                }
            }
        }
        // One or more intermediate characters, then a final one.
        Some(' '..='/') => {
            rest.find(|character| !matches!(character, ' '..='/'));
        }
        _ => {}
    }
}

/// Parameters and intermediates up to the letter that ends them.
fn skip_control_sequence(rest: &mut std::str::Chars<'_>) {
    rest.find(|character| !matches!(character, ' '..='?'));
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn escape_sequences_and_control_characters_are_taken_out() {
        let check = |text: &str, expect: &str| assert_eq!(plain(text), expect, "{text:?}");
        check("plain\ttext", "plain\ttext");
        check("\u{1B}[31mred\u{1B}[0m", "red");
        check("\u{1B}[38;5;208mcolour\u{1B}[m", "colour");
        check("a\u{1B}[2Kb\u{1B}[1;1Hc", "abc");
        check("\u{1B}]0;title\u{7}text", "text");
        check("\u{1B}]8;;https://example.com\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link");
        check("\u{1B}(Btext\u{1B}=", "text");
        check("\u{9B}1mtext", "text");
        check("10 %\r20 %\u{8}\u{0}", "10 %20 %");
        check("cut\u{1B}", "cut");
        check("cut\u{1B}[3", "cut");
        check("cut\u{1B}]0;title", "cut");
    }
}
