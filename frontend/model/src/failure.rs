//! A request that failed: what happened, in words, and what may help.

use crate::k8s::status::Status;

/// How a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: the proxy or the network is away, or the browser refused.
    Unreachable,
    /// No session with the proxy (its own 401).
    NoSession {
        /// The proxy's words.
        message: String,
    },
    /// A one-time link that was used before, or is not one (the proxy's 401 too).
    StaleLink {
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// The API server does not know the user (its 401).
    Unauthorized {
        /// The server's words.
        message: String,
    },
    /// The user may not (403).
    Forbidden {
        /// The server's words.
        message: String,
    },
    /// There is no such thing (404).
    NotFound {
        /// The server's words.
        message: String,
    },
    /// The resourceVersion is too old or from another history: list again (410, or 504 "Too large resource version").
    Expired,
    /// The snapshot that a list is read from in pages is gone (410).
    PageExpired {
        /// Leads to what is left of the list, as it is now.
        continue_token: String,
    },
    /// The server asks to slow down (429).
    TooManyRequests {
        /// From `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// Any other answer that is a failure.
    Server {
        /// The HTTP status.
        code: u16,
        /// The server's words.
        message: String,
    },
    /// The answer could not be read.
    Malformed {
        /// What was wrong.
        message: String,
    },
}

impl Failure {
    /// Reads a failed answer. `own` is the value of the proxy's `X-Pilothouse` header, where it is there.
    pub fn from_answer(code: u16, body: &[u8], retry_after: Option<&str>, own: Option<&str>) -> Self {
        let status = Status::parse(body);
        let reason = status.as_ref().map_or("", |s| &*s.reason);
        let message = match &status {
            Some(s) if !s.message.is_empty() => clip(&s.message),
            _ => clip(String::from_utf8_lossy(body).trim()),
        };
        match code {
            401 if own == Some("no-session") => Self::NoSession { message },
            401 if own == Some("stale-link") => Self::StaleLink { message },
            401 => Self::Unauthorized { message },
            403 => Self::Forbidden { message },
            404 => Self::NotFound { message },
            410 => match status {
                Some(status) if !status.metadata.continue_token.is_empty() => {
                    Self::PageExpired { continue_token: status.metadata.continue_token.to_string() }
                }
                _ => Self::Expired,
            },
            429 => Self::TooManyRequests { retry_after_s: retry_after.and_then(|s| s.trim().parse().ok()) },
            // The proxy reached nobody: for the app that is the same as reaching nobody itself.
            502 | 504 if own.is_some() => Self::Unreachable,
            // Nor did whatever stands between and has its own words for it: `kubectl proxy` says 500.
            500 | 502 | 504 if status.is_none() => Self::Unreachable,
            504 if reason == "Timeout" && message.contains("Too large resource version") => Self::Expired,
            _ => Self::Server { code, message },
        }
    }

    /// Whether trying again can help without anybody doing anything.
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable
            | Self::Expired
            | Self::PageExpired { .. }
            | Self::TooManyRequests { .. }
            | Self::Malformed { .. } => true,
            Self::Server { code, .. } => *code >= 500,
            Self::NoSession { .. }
            | Self::StaleLink { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. } => false,
        }
    }

    /// What happened, for a person; ends in a full stop.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable => "The API server cannot be reached.".into(),
            Self::NoSession { .. } => "This browser has no session with pilothouse.".into(),
            Self::StaleLink { .. } => "This link does not work any more.".into(),
            Self::Unauthorized { .. } => "The API server does not accept your credentials.".into(),
            Self::Forbidden { .. } => "You may not see this.".into(),
            Self::NotFound { .. } => "The API server does not have this.".into(),
            Self::Expired | Self::PageExpired { .. } => "The list has expired and is read again.".into(),
            Self::TooManyRequests { retry_after_s: Some(s) } => {
                format!("The API server is busy and asks to wait {s} s.")
            }
            Self::TooManyRequests { retry_after_s: None } => "The API server is busy.".into(),
            Self::Server { code, .. } => format!("The API server answered with {code}."),
            Self::Malformed { .. } => "The answer could not be read.".into(),
        }
    }

    /// The server's own words, where there are any.
    pub fn server_words(&self) -> Option<&str> {
        match self {
            Self::NoSession { message }
            | Self::StaleLink { message }
            | Self::Unauthorized { message }
            | Self::Forbidden { message }
            | Self::NotFound { message }
            | Self::Server { message, .. }
            | Self::Malformed { message } => (!message.is_empty()).then_some(message),
            Self::Unreachable | Self::Expired | Self::PageExpired { .. } | Self::TooManyRequests { .. } => None,
        }
    }

    /// What to do next.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable => {
                "It is tried again every two seconds. Check that the proxy still runs and that the cluster is up."
            }
            Self::NoSession { .. } | Self::StaleLink { .. } => {
                "Open the newest link that pilothouse printed in the terminal."
            }
            Self::Unauthorized { .. } => {
                "Log in again where your kubeconfig gets its credentials, then restart the proxy."
            }
            Self::Forbidden { .. } => "Ask who runs the cluster for the right to get, list and watch it.",
            Self::NotFound { .. } => "It may have been deleted, or the cluster does not serve this API.",
            Self::Expired | Self::PageExpired { .. } | Self::TooManyRequests { .. } => "It is tried again by itself.",
            Self::Server { .. } | Self::Malformed { .. } => {
                "It is tried again by itself; if it stays, the API server's log says more."
            }
        }
    }
}

/// The most of a server's words that is kept, in bytes.
const MAX_WORDS: usize = 1000;

fn clip(text: &str) -> String {
    match text.char_indices().find(|(i, c)| i + c.len_utf8() > MAX_WORDS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn answers_become_failures_with_the_servers_words() {
        let status = |code: u16, reason: &str, message: &str| {
            serde_json::json!({"kind": "Status", "code": code, "reason": reason, "message": message}).to_string()
        };
        let check = |code: u16, body: &str, own: Option<&str>, expected: Failure| {
            assert_eq!(Failure::from_answer(code, body.as_bytes(), None, own), expected);
        };
        let forbidden = r#"pods is forbidden: User "dev" cannot list resource "pods""#;
        check(403, &status(403, "Forbidden", forbidden), None, Failure::Forbidden { message: forbidden.into() });
        check(401, "Unauthorized", None, Failure::Unauthorized { message: "Unauthorized".into() });
        check(401, &status(401, "Unauthorized", "x"), Some("no-session"), Failure::NoSession { message: "x".into() });
        let stale = status(401, "Unauthorized", "used before");
        check(401, &stale, Some("stale-link"), Failure::StaleLink { message: "used before".into() });
        check(410, "", None, Failure::Expired);
        let page = r#"{"kind":"Status","metadata":{"continue":"next"},"reason":"Expired","code":410}"#;
        check(410, page, None, Failure::PageExpired { continue_token: "next".into() });
        check(502, "", Some("upstream-unreachable"), Failure::Unreachable);
        check(502, "bad", None, Failure::Unreachable);
        check(500, "Error while proxying request: connection refused", None, Failure::Unreachable);
        check(503, "service unavailable", None, Failure::Server { code: 503, message: "service unavailable".into() });
        check(504, &status(504, "Timeout", "Too large resource version: 9, current: 3"), None, Failure::Expired);
    }

    #[test]
    fn a_long_answer_is_cut_at_a_character() {
        let body = "ü".repeat(2000);
        let Failure::Server { message, .. } = Failure::from_answer(503, body.as_bytes(), None, None) else { panic!() };
        assert!(message.len() <= 1003 && message.ends_with('…'));
    }
}
