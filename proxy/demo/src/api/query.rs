//! The parameters of a request.

use percent_encoding::percent_decode_str;

use crate::error::ApiError;

/// The decoded query of a URL.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// The pairs of a query; what is no UTF-8 counts as absent.
    pub fn parse(query: &str) -> Self {
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(String::from);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        Self { pairs: pairs.collect() }
    }

    /// The first value of a name; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a switch is on: named without a value, too.
    pub fn flag(&self, name: &str) -> bool {
        let value = self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        !matches!(value, None | Some("0" | "false" | "False" | "F" | "f" | "FALSE"))
    }

    /// A whole number; none where it is absent.
    pub fn number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: &str| {
            let wrong = |_| ApiError::BadRequest(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"));
            text.parse().map_err(wrong)
        };
        self.get(name).map(parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded() {
        let query = Query::parse("a=1&b=x%3Dy&c&d=&e=%FF&f=a+b&limit=x&n=-3");
        assert_eq!((query.get("a"), query.get("b"), query.get("f")), (Some("1"), Some("x=y"), Some("a b")));
        assert_eq!((query.get("c"), query.get("d"), query.get("e")), (None, None, None));
        assert!(query.flag("c") && query.flag("a") && !query.flag("missing"));
        assert!(!Query::parse("watch=false").flag("watch"));
        assert_eq!(query.number("n").unwrap(), Some(-3));
        assert!(query.number("limit").is_err());
    }
}
