//! Continue tokens: where the next page of a list begins, as the API server writes it.

use std::fmt::Display;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Where a list goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Token {
    v: String,
    rv: i64,
    start: String,
}

const FORM: &str = "meta.k8s.io/v1";

impl Token {
    /// Goes on behind an object of the list of this version.
    pub fn after(place: &str, version: u64) -> Self {
        let rv = i64::try_from(version).unwrap_or(i64::MAX);
        Self { v: FORM.to_owned(), rv, start: format!("{place}\0") }
    }

    /// Goes on at the same place in what is there by then.
    pub fn as_of_now(&self) -> Self {
        Self { rv: -1, ..self.clone() }
    }

    /// As it is sent.
    pub fn to_text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("strings and a number are written without fail"))
    }

    /// What was sent before, or what somebody made up.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let wrong = |why: &dyn Display| {
            ApiError::BadRequest(format!("invalid continue token: continue key is not valid: {why}"))
        };
        let text = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|error| wrong(&error))?;
        let token: Self = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
        if token.v != FORM {
            return Err(wrong(&format_args!("server does not recognize this encoded version {}", token.v)));
        }
        if token.rv == 0 {
            return Err(wrong(&format_args!("incorrect encoded start resourceVersion (version {FORM})")));
        }
        if token.start.is_empty() {
            return Err(wrong(&format_args!("encoded start key empty (version {FORM})")));
        }
        let mut steps = token.start.trim_start_matches('/').split('/');
        if steps.any(|step| matches!(step, "" | "." | "..")) {
            return Err(wrong(&token.start));
        }
        Ok(token)
    }

    /// The version of the list that is gone on with; none for the latest, where that one is lost.
    pub fn version(&self) -> Option<u64> {
        u64::try_from(self.rv).ok()
    }

    /// The first place that is wanted.
    pub fn start(&self) -> &str {
        &self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = Token::after("/shop\u{1}/cart", 42);
        assert_eq!(Token::parse(&token.to_text()).unwrap(), token);
        assert_eq!((token.version(), token.start()), (Some(42), "/shop\u{1}/cart\0"));
    }

    #[test]
    fn what_no_server_wrote_is_refused_in_the_words_of_the_real_one() {
        let check = |json: &str, expect: &str| {
            let error = Token::parse(&BASE64_URL_SAFE_NO_PAD.encode(json)).unwrap_err();
            assert_eq!(error.to_string(), format!("invalid continue token: continue key is not valid: {expect}"));
        };
        check("{}", "server does not recognize this encoded version ");
        check(r#"{"v":"v2","rv":1,"start":"a"}"#, "server does not recognize this encoded version v2");
        let resource_version = "incorrect encoded start resourceVersion (version meta.k8s.io/v1)";
        check(r#"{"v":"meta.k8s.io/v1","start":"a"}"#, resource_version);
        check(r#"{"v":"meta.k8s.io/v1","rv":0,"start":"a"}"#, resource_version);
        check(r#"{"v":"meta.k8s.io/v1","rv":1}"#, "encoded start key empty (version meta.k8s.io/v1)");
        check(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"../a"}"#, "../a");
    }

    #[test]
    fn a_token_of_no_version_goes_on_with_the_latest_list() {
        let text = BASE64_URL_SAFE_NO_PAD.encode(r#"{"v":"meta.k8s.io/v1","rv":-1,"start":"a"}"#);
        assert_eq!(Token::parse(&text).unwrap().version(), None);
    }
}
