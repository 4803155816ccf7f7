//! The people of the demo cluster: whom the page acts as, and programs that come with a token instead of the cookie.
//!
//! A token is as good as the session, so it is random, and taken only from whoever sends no Origin: no web page.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};

use crate::session::Secret;

/// The header by which the demo cluster is told who asks.
pub const USER_HEADER: &str = "x-pilothouse-demo-user";
/// Below this and a token lies the API, for programs that send no token to a server without TLS, as kubectl.
pub const TOKEN_PATH: &str = "/-/token/";

/// Somebody that the demo cluster knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Person {
    /// By which it knows them.
    pub name: &'static str,
    /// What the page calls acting as them.
    pub words: &'static str,
}

/// The people, their tokens, and the one that the page acts as.
#[derive(Debug)]
pub struct Users {
    people: Vec<(Person, Secret)>,
    chosen: AtomicUsize,
}

impl Users {
    /// New tokens; the page acts as the first.
    pub fn new(people: impl IntoIterator<Item = Person>) -> Result<Self, getrandom::Error> {
        let people = people.into_iter().map(|person| Ok((person, Secret::random()?)));
        Ok(Self { people: people.collect::<Result<_, _>>()?, chosen: AtomicUsize::new(0) })
    }

    /// Who there is.
    pub fn people(&self) -> impl Iterator<Item = Person> {
        self.people.iter().map(|(person, _)| *person)
    }

    /// Whom the page acts as.
    pub fn chosen(&self) -> &'static str {
        self.people.get(self.chosen.load(Ordering::Relaxed)).map_or("", |(person, _)| person.name)
    }

    /// Lets the page act as somebody; false when nobody has that name.
    pub fn choose(&self, name: &str) -> bool {
        let number = self.people().position(|known| known.name == name);
        number.inspect(|number| self.chosen.store(*number, Ordering::Relaxed)).is_some()
    }

    /// Whose token a request carries, if it does and comes from no web page.
    pub fn by_token(&self, headers: &HeaderMap) -> Option<&'static str> {
        if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
            return None;
        }
        let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        // All are compared, so that the time tells nothing.
        let known = self.people.iter();
        known.fold(None, |found, (person, secret)| if secret.is(token) { Some(person.name) } else { found })
    }

    /// Who makes a request that has passed the guards.
    pub fn of(&self, headers: &HeaderMap) -> HeaderValue {
        HeaderValue::from_static(self.by_token(headers).unwrap_or_else(|| self.chosen()))
    }

    /// A kubeconfig with a context for each.
    pub fn kubeconfig(&self, address: SocketAddr) -> Value {
        let named = |prefix: &str, name: &str| format!("{prefix}{name}");
        let people = || self.people.iter().map(|(person, secret)| (secret, person.name));
        let clusters: Vec<_> = people()
            .map(|(token, name)| {
                let server = format!("http://{address}{TOKEN_PATH}{}", token.reveal());
                json!({ "name": named("pilothouse-demo-", name), "cluster": { "server": server } })
            })
            .collect();
        let contexts: Vec<_> = people()
            .map(|(_, name)| {
                let cluster = named("pilothouse-demo-", name);
                json!({ "name": name, "context": { "cluster": cluster, "user": name } })
            })
            .collect();
        let users: Vec<_> =
            people().map(|(token, name)| json!({ "name": name, "user": { "token": token.reveal() } })).collect();
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": people().map(|(_, name)| name).next(),
            "clusters": clusters,
            "contexts": contexts,
            "users": users,
        })
    }
}

/// Splits the path of [`TOKEN_PATH`] into the token and the path of the API.
pub fn split_token(path_and_query: &str) -> Option<(&str, &str)> {
    let rest = path_and_query.strip_prefix(TOKEN_PATH)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (token, path) = rest.split_at(end);
    (!token.is_empty() && path.starts_with('/')).then_some((token, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: [Person; 3] =
        [Person { name: "admin", words: "" }, Person { name: "viewer", words: "" }, Person { name: "dev", words: "" }];

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_token_is_good_for_its_user_and_from_no_web_page() {
        let users = Users::new(PEOPLE).unwrap();
        let bearer = format!("Bearer {}", users.people[1].1.reveal());
        let check = |pairs: &[(&'static str, &str)], expect: Option<&str>| {
            assert_eq!(users.by_token(&headers(pairs)), expect, "{pairs:?}");
        };
        check(&[("authorization", &bearer)], Some("viewer"));
        check(&[("authorization", &bearer), ("origin", "http://localhost:7700")], None);
        check(&[("authorization", &bearer), ("sec-fetch-site", "none")], None);
        check(&[("authorization", "Bearer x")], None);
        check(&[("authorization", "Bearer ")], None);
        check(&[], None);
    }

    #[test]
    fn the_page_acts_as_whom_it_chose() {
        let users = Users::new(PEOPLE).unwrap();
        assert_eq!(users.chosen(), "admin");
        assert!(users.choose("dev") && !users.choose("nobody"));
        assert_eq!(users.of(&HeaderMap::new()), "dev");
    }

    #[test]
    fn a_token_in_the_path_is_split_off() {
        let check = |path: &str, expect: Option<(&str, &str)>| assert_eq!(split_token(path), expect, "{path}");
        check("/-/token/abc/api/v1?x=1", Some(("abc", "/api/v1?x=1")));
        check("/-/token/abc/", Some(("abc", "/")));
        check("/-/token/abc", None);
        check("/-/token//api", None);
        check("/-/token/abc?x=/api", None);
        check("/api", None);
    }
}
