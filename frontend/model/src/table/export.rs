//! Rows as text to paste, with tabs, and as CSV to download.

use super::cell::Line;
use super::column::Column;

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Cells apart by tabs, under heads as kubectl writes them.
    Text,
    /// RFC 4180.
    Csv,
}

/// The line of heads: `NAME`, `LAST-SCHEDULE`.
pub fn heads(format: Format, columns: &[Column], places: &[usize]) -> String {
    let columns = places.iter().filter_map(|place| columns.get(*place));
    written(format, columns.map(|column| column.title.to_uppercase().replace(' ', "-")))
}

/// The line of a row, its cells as kubectl would print them.
pub fn row(format: Format, line: &Line, places: &[usize], now_s: i64) -> String {
    written(format, places.iter().filter_map(|place| line.cells.get(*place)).map(|cell| cell.text(now_s)))
}

fn written(format: Format, cells: impl Iterator<Item = String>) -> String {
    match format {
        Format::Text => cells.map(|cell| plain(&cell)).collect::<Vec<_>>().join("\t") + "\n",
        Format::Csv => cells.map(|cell| field(&cell)).collect::<Vec<_>>().join(",") + "\r\n",
    }
}

/// A cell of the text: it is pasted into spreadsheets as often as into messages.
fn plain(cell: &str) -> String {
    format!("{}{}", guard(cell), cell.replace(['\t', '\r', '\n'], " "))
}

/// What a spreadsheet would take for a formula is told apart by an apostrophe: names and messages come from whoever may write to
/// the cluster.
fn guard(cell: &str) -> &'static str {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" }
}

/// A field of CSV.
fn field(cell: &str) -> String {
    let guard = guard(cell);
    if guard.is_empty() && !cell.contains([',', '"', '\r', '\n']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::cell::Cell;

    fn line(texts: &[&str]) -> Line {
        let cells = texts.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        Line { key: 1, page: None, cells }
    }

    #[test]
    fn fields_are_quoted_and_formulas_guarded() {
        let check = |cell: &str, expect: &str| assert_eq!(field(cell), expect, "{cell:?}");
        check("web", "web");
        check("", "");
        check("a,b", "\"a,b\"");
        check("say \"no\"", "\"say \"\"no\"\"\"");
        check("a\nb", "\"a\nb\"");
        check("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
        check("+1", "\"'+1\"");
        check("-1", "\"'-1\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("\t=1", "\"'\t=1\"");
        check("a=b", "a=b");
    }

    #[test]
    fn copied_text_is_guarded_like_csv_and_keeps_to_its_cell() {
        let check = |cell: &str, expect: &str| assert_eq!(plain(cell), expect, "{cell:?}");
        check("web", "web");
        check("a\tb\r\nc", "a b  c");
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "' =1");
        check("\n=1", "' =1");
        check("<none>", "<none>");
    }

    #[test]
    fn rows_are_written_under_their_heads() {
        let columns = [Column::words("name", "Name", 9), Column::words("last", "Last schedule", 9)];
        let line = line(&["a\tb", "1,2"]);
        assert_eq!(heads(Format::Text, &columns, &[1, 0]), "LAST-SCHEDULE\tNAME\n");
        assert_eq!(row(Format::Text, &line, &[1, 0, 7], 0), "1,2\ta b\n");
        assert_eq!(heads(Format::Csv, &columns, &[0, 1]), "NAME,LAST-SCHEDULE\r\n");
        assert_eq!(row(Format::Csv, &line, &[0, 1], 0), "a\tb,\"1,2\"\r\n");
    }
}
