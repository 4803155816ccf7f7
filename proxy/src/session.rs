//! Who is signed in, in local mode: a one-time link, exchanged for a cookie.
//!
//! One process serves one person, so every exchange hands out the same cookie value and nothing is kept for each
//! sign-in. The link works once; a new one is made at that moment, for a second browser.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::error::Refusal;

/// The one-time link and the cookie of this process.
#[derive(Debug)]
pub struct Session {
    base: String,
    cookie_name: String,
    cookie: Secret,
    link: Mutex<Secret>,
}

/// What a sign-in gives: the cookie for the browser, and the next link for the terminal.
#[derive(Debug)]
pub struct SignIn {
    /// The value of `Set-Cookie`.
    pub cookie: HeaderValue,
    /// The link for the next browser; absent when the browser was signed in before.
    pub next_link: Option<String>,
}

/// 256 random bits as URL-safe text, compared in constant time and never shown by Debug.
pub(crate) struct Secret(String);

impl Session {
    /// A session for a proxy that listens on this address, nobody being signed in yet.
    pub fn new(address: SocketAddr) -> Result<Self, getrandom::Error> {
        Ok(Self {
            base: format!("http://{address}/"),
            // Cookies ignore ports: without the port in its name, two proxies would overwrite each other's.
            cookie_name: format!("pilothouse-{}", address.port()),
            cookie: Secret::random()?,
            link: Mutex::new(Secret::random()?),
        })
    }

    /// The link that signs a browser in, once.
    pub fn link(&self) -> String {
        self.link_to(&self.current_link().0)
    }

    /// Exchanges the secret of the current link for the cookie, and makes the next link.
    ///
    /// A browser that has the cookie may open any link again: it is signed in already.
    pub fn exchange(&self, secret: &str, headers: &HeaderMap) -> Result<SignIn, Refusal> {
        let mut link = self.current_link();
        if link.is(secret) {
            *link = Secret::random().map_err(|error| Refusal::Credential(error.to_string()))?;
            return Ok(SignIn { cookie: self.set_cookie(), next_link: Some(self.link_to(&link.0)) });
        }
        if self.is_signed_in(headers) {
            return Ok(SignIn { cookie: self.set_cookie(), next_link: None });
        }
        Err(Refusal::StaleLink)
    }

    /// Whether a request carries this process's cookie.
    ///
    /// A page on another port can plant a cookie of the same name, so any one that fits is enough.
    pub fn is_signed_in(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim_ascii().split_once('='))
            .any(|(name, value)| name == self.cookie_name && self.cookie.is(value))
    }

    fn set_cookie(&self) -> HeaderValue {
        let text = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie_name, self.cookie.0);
        let mut value = HeaderValue::try_from(text).expect("a cookie of URL-safe text is a header value");
        value.set_sensitive(true);
        value
    }

    fn link_to(&self, secret: &str) -> String {
        format!("{}#session={secret}", self.base)
    }

    fn current_link(&self) -> MutexGuard<'_, Secret> {
        // A secret is replaced in one step, so a poisoned lock still holds a whole one.
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secret {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(crate) fn is(&self, offered: &str) -> bool {
        self.0.as_bytes().ct_eq(offered.as_bytes()).into()
    }

    /// The text, for whom it is meant.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new("127.0.0.1:7700".parse().unwrap()).unwrap()
    }

    fn secret_of(link: &str) -> &str {
        link.strip_prefix("http://127.0.0.1:7700/#session=").unwrap()
    }

    fn cookies(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (COOKIE, HeaderValue::from_str(value).unwrap())).collect()
    }

    fn cookie_pair(sign_in: &SignIn) -> &str {
        sign_in.cookie.to_str().unwrap().split(';').next().unwrap()
    }

    #[test]
    fn a_link_signs_in_once_and_makes_the_next() {
        let session = session();
        let first = session.link();
        assert!(secret_of(&first).len() >= 22, "at least 128 bits");
        let sign_in = session.exchange(secret_of(&first), &HeaderMap::new()).unwrap();
        assert_eq!(session.exchange(secret_of(&first), &HeaderMap::new()).unwrap_err(), Refusal::StaleLink);
        assert_eq!(sign_in.next_link.unwrap(), session.link());
        assert!(session.exchange(secret_of(&session.link()), &HeaderMap::new()).is_ok());
    }

    #[test]
    fn whoever_has_the_cookie_may_open_an_old_link() {
        let session = session();
        let first = session.link();
        let sign_in = session.exchange(secret_of(&first), &HeaderMap::new()).unwrap();
        let again = session.exchange(secret_of(&first), &cookies(&[cookie_pair(&sign_in)])).unwrap();
        assert!(again.next_link.is_none());
    }

    #[test]
    fn the_cookie_is_kept_from_script_and_from_other_sites() {
        let session = session();
        let sign_in = session.exchange(secret_of(&session.link()), &HeaderMap::new()).unwrap();
        let cookie = sign_in.cookie.to_str().unwrap();
        assert!(cookie.starts_with("pilothouse-7700="));
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"));
        assert!(sign_in.cookie.is_sensitive());
    }

    #[test]
    fn only_the_exact_cookie_is_a_session() {
        let session = session();
        let sign_in = session.exchange(secret_of(&session.link()), &HeaderMap::new()).unwrap();
        let good = cookie_pair(&sign_in);
        let value = good.split_once('=').unwrap().1;
        let check = |values: &[&str], expect: bool| {
            assert_eq!(session.is_signed_in(&cookies(values)), expect, "{values:?}");
        };
        check(&[good], true);
        check(&[&format!("a=b; {good}; c=d")], true);
        check(&["pilothouse-7700=planted", good], true);
        check(&[], false);
        check(&["pilothouse-7700="], false);
        check(&["pilothouse-7700=forged"], false);
        check(&[&format!("pilothouse-7701={value}")], false);
        check(&[&format!("pilothouse-7700={}", &value[1..])], false);
        check(&[value], false);
        check(&[";;=;= ;"], false);
    }

    #[test]
    fn debug_output_has_no_secret() {
        let session = session();
        let shown = format!("{session:?}");
        assert!(!shown.contains(secret_of(&session.link())) && !shown.contains(&session.cookie.0));
    }
}
