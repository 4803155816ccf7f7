//! What is chosen on a page: the part of a route after `?`.

use std::fmt;

use super::percent;

/// What is chosen on a page; every page takes from it what it knows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct View {
    /// `ns=a,b`: the namespaces in scope; none means all.
    pub namespaces: Vec<String>,
    /// `q=`: the filter's text, see [`crate::filter`].
    pub query: String,
    /// `sort=column` or `sort=-column`: the order; `None` is the page's own.
    pub sort: Option<Sort>,
    /// `by=`: how the overview groups nodes (`zone`, `instance-type` or `label:KEY`), and Explore all that it pools.
    pub by: Option<String>,
    /// `container=`: whose logs are shown.
    pub container: Option<String>,
    /// `previous=1`: logs of the container's run before the present one.
    pub previous: bool,
    /// Keys that only one page knows, or a newer version, in their order.
    pub other: Vec<(String, String)>,
}

/// An order of a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sort {
    /// The column's key.
    pub column: String,
    /// From the largest down.
    pub descending: bool,
}

impl View {
    /// Reads what follows `?`; of a key given twice the last counts, and an empty value is none.
    pub(super) fn parse(query: &str) -> Self {
        let mut view = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            view.set(percent::decode(key), value);
        }
        view
    }

    fn set(&mut self, key: String, value: &str) {
        match key.as_str() {
            // Split before decoding, so that a comma in a name is not a delimiter.
            "ns" => {
                self.namespaces = value.split(',').map(percent::decode).filter(|name| !name.is_empty()).collect();
            }
            "q" => self.query = percent::decode(value),
            "sort" => self.sort = Sort::parse(&percent::decode(value)),
            "by" => self.by = non_empty(value),
            "container" => self.container = non_empty(value),
            "previous" => self.previous = value == "1",
            _ => self.other.push((key, percent::decode(value))),
        }
    }
}

impl fmt::Display for View {
    /// Writes the query with its `?`, or nothing if nothing is chosen.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut delimiter = '?';
        let mut write = |key: &str, value: &dyn fmt::Display| {
            let written = write!(out, "{delimiter}{}={value}", percent::value(key));
            delimiter = '&';
            written
        };
        if !self.namespaces.is_empty() {
            let names: Vec<String> = self.namespaces.iter().map(|name| percent::value(name).to_string()).collect();
            write("ns", &names.join(","))?;
        }
        if !self.query.is_empty() {
            write("q", &percent::value(&self.query))?;
        }
        if let Some(sort) = &self.sort {
            let sign = if sort.descending { "-" } else { "" };
            write("sort", &format_args!("{sign}{}", percent::value(&sort.column)))?;
        }
        if let Some(by) = &self.by {
            write("by", &percent::value(by))?;
        }
        if let Some(container) = &self.container {
            write("container", &percent::value(container))?;
        }
        if self.previous {
            write("previous", &1)?;
        }
        for (key, value) in &self.other {
            write(key, &percent::value(value))?;
        }
        Ok(())
    }
}

impl Sort {
    fn parse(text: &str) -> Option<Self> {
        let (column, descending) = text.strip_prefix('-').map_or((text, false), |column| (column, true));
        (!column.is_empty()).then(|| Self { column: column.to_owned(), descending })
    }
}

fn non_empty(value: &str) -> Option<String> {
    Some(percent::decode(value)).filter(|text| !text.is_empty())
}
