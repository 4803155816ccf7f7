//! In which shape and format an answer is wanted.

use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING};

use crate::error::ApiError;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// What of an object is told.
    pub shape: Shape,
    /// In which language.
    pub format: Format,
    /// Whether it may be compressed.
    pub gzip: bool,
}

/// What of an object is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All of it.
    Whole,
    /// Its metadata.
    Partial,
    /// The metadata of each object of a list.
    PartialList,
    /// A row of kubectl's columns.
    Table,
    /// Discovery of all groups in one document.
    Aggregated,
}

/// The language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, without indentation.
    Json,
    /// YAML, as the API server writes it.
    Yaml,
}

const OF_OBJECTS: &str = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, \
                          application/vnd.kubernetes.protobuf, application/json;stream=watch, \
                          application/vnd.kubernetes.protobuf;stream=watch";

impl Accepted {
    /// The first of the wanted representations that can be had, in the order of the header.
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let gzip = header_tokens(headers, &ACCEPT_ENCODING)
            .any(|token| token.split(';').next().is_some_and(|name| name.trim() == "gzip"));
        let mut wanted = header_tokens(headers, &ACCEPT).filter(|token| !token.is_empty()).peekable();
        if wanted.peek().is_none() {
            return Ok(Self { shape: Shape::Whole, format: Format::Json, gzip });
        }
        let (shape, format) = wanted.find_map(representation).ok_or(ApiError::NotAcceptable(OF_OBJECTS))?;
        Ok(Self { shape, format, gzip })
    }
}

fn header_tokens<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

fn representation(token: &str) -> Option<(Shape, Format)> {
    let mut parts = token.split(';').map(str::trim);
    let format = match parts.next()? {
        "application/json" | "application/*" | "*/*" => Format::Json,
        "application/yaml" => Format::Yaml,
        _ => return None,
    };
    let (mut shape, mut group, mut version) = ("", "", "");
    for part in parts {
        match part.split_once('=') {
            Some(("as", value)) => shape = value,
            Some(("g", value)) => group = value,
            Some(("v", value)) => version = value,
            _ => {}
        }
    }
    let shape = match (shape, group, version) {
        ("", ..) => Shape::Whole,
        ("Table", "meta.k8s.io", "v1") => Shape::Table,
        ("PartialObjectMetadata", "meta.k8s.io", "v1") => Shape::Partial,
        ("PartialObjectMetadataList", "meta.k8s.io", "v1") => Shape::PartialList,
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2") => Shape::Aggregated,
        _ => return None,
    };
    Some((shape, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_representation_that_can_be_had_is_taken() {
        let check = |accept: &str, expect: Option<(Shape, Format)>| {
            let headers = [(ACCEPT, accept.parse().unwrap())].into_iter().collect();
            let accepted = Accepted::of(&headers).ok().map(|accepted| (accepted.shape, accepted.format));
            assert_eq!(accepted, expect, "{accept}");
        };
        check("*/*", Some((Shape::Whole, Format::Json)));
        check("text/html, application/json;q=0.9", Some((Shape::Whole, Format::Json)));
        check("application/yaml", Some((Shape::Whole, Format::Yaml)));
        check("application/vnd.kubernetes.protobuf,application/json", Some((Shape::Whole, Format::Json)));
        check("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Some((Shape::Table, Format::Json)));
        check("application/json;as=Table;v=v9;g=meta.k8s.io,application/json", Some((Shape::Whole, Format::Json)));
        check(
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            Some((Shape::PartialList, Format::Json)),
        );
        check("text/html", None);
        check("application/json;as=Nothing", None);
    }
}
