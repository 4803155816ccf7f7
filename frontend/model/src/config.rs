//! `config.json`, beside index.html: where the API is and how the app is hosted.

use crate::k8s::json::{List, Text};
use crate::k8s::projection::{fields, read};

/// How this app is hosted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Who serves the app.
    pub mode: Mode,
    /// Where the Kubernetes API is, relative to the page or absolute; ends in a slash.
    pub api_base: String,
    /// Where a user without rights on all namespaces starts.
    pub namespace: Option<String>,
    /// The cluster's name in URLs.
    pub cluster: String,
    /// The name of the user in the kubeconfig.
    pub user: Option<String>,
    /// As whom one may act, before a demo cluster: names, and what to call acting as them.
    pub users: Vec<(String, String)>,
}

/// Who serves the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Plain files, for example behind `kubectl proxy`.
    Static,
    /// `pilothouse` on this machine.
    Local,
    /// `pilothouse demo`: a sample cluster inside it.
    Demo,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not a JSON object.
    #[error("config.json: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A mode of another version.
    #[error("config.json: mode “{0}” is none of static, local and demo")]
    UnknownMode(String),
    /// Without it nothing can be asked.
    #[error("config.json: apiBase is missing")]
    NoApiBase,
}

#[derive(Default)]
struct File<'a> {
    mode: Text<'a>,
    api_base: Text<'a>,
    namespace: Text<'a>,
    cluster: Text<'a>,
    user: Text<'a>,
    users: List<Person<'a>>,
}

#[derive(Default)]
struct Person<'a> {
    name: Text<'a>,
    words: Text<'a>,
}

fields! {
    File<'de> {
        "mode": mode,
        "apiBase": api_base,
        "namespace": namespace,
        "cluster": cluster,
        "user": user,
        "users": users,
    }
    Person<'de> {
        "name": name,
        "words": words,
    }
}

impl Person<'_> {
    fn pair(&self) -> (String, String) {
        (self.name.to_string(), self.words.to_string())
    }
}

impl Config {
    /// Reads the file.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigError> {
        let file: File<'_> = read(json)?;
        let mode = match &*file.mode {
            "static" => Mode::Static,
            "local" => Mode::Local,
            "demo" => Mode::Demo,
            other => return Err(ConfigError::UnknownMode(other.chars().take(40).collect())),
        };
        let api_base = file.api_base.non_empty().ok_or(ConfigError::NoApiBase)?;
        let own = |text: &Text<'_>| text.non_empty().map(str::to_owned);
        Ok(Self {
            mode,
            api_base: if api_base.ends_with('/') { api_base.to_owned() } else { format!("{api_base}/") },
            namespace: own(&file.namespace),
            cluster: own(&file.cluster).unwrap_or_else(|| "default".to_owned()),
            user: own(&file.user),
            users: file.users.0.iter().filter(|person| !person.name.is_empty()).map(Person::pair).collect(),
        })
    }

    /// Whether any other web page can find the API, whose path this is: behind plain files only a path that nobody can guess
    /// keeps them out.
    pub fn is_open(&self, api_path: &str) -> bool {
        self.mode == Mode::Static && !api_path.split('/').any(is_secret)
    }
}

/// Whether nobody finds a part of a path by trying: words are no secrets, nor are words with hyphens, however long.
fn is_secret(segment: &str) -> bool {
    const SECRET_BYTES: usize = 12;
    let has = |of: fn(&u8) -> bool| segment.bytes().any(|byte| of(&byte));
    segment.len() >= SECRET_BYTES && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError, Mode};

    #[test]
    fn what_is_left_out_has_a_meaning() {
        let config = Config::parse(br#"{"mode": "static", "apiBase": ".."}"#).unwrap();
        assert_eq!((config.mode, &*config.api_base, &*config.cluster), (Mode::Static, "../", "default"));
        assert_eq!((config.namespace, config.user), (None, None));
    }

    #[test]
    fn an_api_that_other_pages_can_find_is_open_wherever_the_files_lie() {
        let check = |mode: &str, path: &str, expect: bool| {
            let config = Config::parse(format!(r#"{{"mode": "{mode}", "apiBase": "../"}}"#).as_bytes()).unwrap();
            assert_eq!(config.is_open(path), expect, "{mode} {path}");
        };
        check("static", "/", true);
        check("static", "/k8s/", true);
        check("static", "/kubernetes-dashboard/", true);
        check("static", "/k8s/api/", true);
        check("static", "", true);
        check("static", "/c29tZXRoaW5nIHJhbmRvbQ/", false);
        check("static", "/k8s/0123456789ab/", false);
        check("local", "/", false);
        check("demo", "/", false);
    }

    #[test]
    fn as_whom_one_may_act_is_told() {
        let json = br#"{"mode": "demo", "apiBase": "./", "users": [{"name": "a", "words": "as a"}, 1, {"name": "b"}]}"#;
        let users = Config::parse(json).unwrap().users;
        let users: Vec<_> = users.iter().map(|(name, words)| (&**name, &**words)).collect();
        assert_eq!(users, [("a", "as a"), ("b", "")]);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why() {
        let check =
            |json: &str, expect: &str| assert_eq!(Config::parse(json.as_bytes()).unwrap_err().to_string(), expect);
        check(r#"{"mode": "orbit", "apiBase": "/"}"#, "config.json: mode “orbit” is none of static, local and demo");
        check(r#"{"mode": "local"}"#, "config.json: apiBase is missing");
        assert!(matches!(Config::parse(b"<html>"), Err(ConfigError::Malformed(_))));
    }
}
