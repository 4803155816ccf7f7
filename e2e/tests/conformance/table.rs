//! The table of requests.

use anyhow::{Context as _, Result, bail};

/// One line of the table.
#[derive(Debug, Clone)]
pub enum Step {
    /// Ask both, and compare.
    Compare(Box<Row>),
    /// Wait until both answer at a path.
    Await(String),
    /// Let the real one forget what has happened so far, as it does after some minutes.
    Forget,
}

/// How the demo's answer is known to differ, in the words of the comparison, and why.
#[derive(Debug, Clone)]
pub struct Known {
    pub difference: String,
    pub reason: String,
}

/// A request, and how its answers are compared.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub method: String,
    pub path: String,
    pub accept: Option<&'static str>,
    /// In which encoding it may be packed.
    pub encoding: Option<&'static str>,
    pub content_type: Option<&'static str>,
    pub user: String,
    /// How it is asked, as it stands in the table: what is said of `accept`, `encoding`, `type` and `user`.
    pub words: Vec<String>,
    pub compare: Compare,
    pub body: Option<String>,
    pub known: Option<Known>,
}

/// What is compared besides status and content type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compare {
    /// Names and types of everything.
    #[default]
    Keys,
    /// The members of the answer, and of its metadata.
    Head,
    /// Each line, as JSON of its own.
    Events,
    /// The columns of a table, word by word.
    Columns,
    /// Nothing.
    Code,
}

/// What stands between a difference and its reason.
pub const SEPARATOR: &str = " — ";

/// Reads the table.
pub fn steps(text: &str) -> Result<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(known) = line.strip_prefix("! ") {
            let Some(Step::Compare(row)) = steps.last_mut() else {
                bail!("a difference without a request: {known}");
            };
            let (difference, reason) = known.split_once(SEPARATOR).with_context(|| format!("no reason: {known}"))?;
            row.known = Some(Known { difference: difference.to_owned(), reason: reason.to_owned() });
        } else if line == "FORGET" {
            steps.push(Step::Forget);
        } else if let Some(path) = line.strip_prefix("AWAIT ") {
            steps.push(Step::Await(path.to_owned()));
        } else {
            steps.push(Step::Compare(Box::new(row(line).with_context(|| line.to_owned())?)));
        }
    }
    Ok(steps)
}

fn row(line: &str) -> Result<Row> {
    let (head, body) = match line.split_once(" body=") {
        Some((head, body)) => (head, Some(body.to_owned())),
        None => (line, None),
    };
    let mut words = head.split(' ');
    let mut row = Row {
        method: words.next().unwrap_or_default().to_owned(),
        path: words.next().context("no path")?.to_owned(),
        user: "admin".to_owned(),
        content_type: body.as_ref().map(|_| "application/json"),
        body,
        ..Row::default()
    };
    for word in words {
        if !word.starts_with("compare=") {
            row.words.push(word.to_owned());
        }
        match word.split_once('=').context("no word with a value")? {
            ("accept", name) => row.accept = Some(accept(name)?),
            ("encoding", "gzip") => row.encoding = Some("gzip"),
            ("type", name) => row.content_type = Some(content_type(name)?),
            ("user", name) => row.user = name.to_owned(),
            ("compare", "columns") => row.compare = Compare::Columns,
            ("compare", "code") => row.compare = Compare::Code,
            ("compare", "head") => row.compare = Compare::Head,
            ("compare", "events") => row.compare = Compare::Events,
            (name, value) => bail!("unknown: {name}={value}"),
        }
    }
    Ok(row)
}

fn accept(name: &str) -> Result<&'static str> {
    Ok(match name {
        "aggregated" => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "html" => "text/html",
        "partial" => "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        "partials" => "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "table" => "application/json;as=Table;v=v1;g=meta.k8s.io",
        "yaml" => "application/yaml",
        other => bail!("unknown form {other}"),
    })
}

fn content_type(name: &str) -> Result<&'static str> {
    Ok(match name {
        "apply" => "application/apply-patch+yaml",
        "json-patch" => "application/json-patch+json",
        "merge" => "application/merge-patch+json",
        "strategic" => "application/strategic-merge-patch+json",
        "text" => "text/plain",
        other => bail!("unknown type {other}"),
    })
}
