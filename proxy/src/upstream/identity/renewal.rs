//! The credential of an exec plugin, asked for again before it ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use kube_client::Config;
use kube_client::config::ExecConfig;
use secrecy::ExposeSecret;

use super::{Armed, IdentityError, TOKEN_BOUND, header_source, headers_from};
use crate::upstream::Bounds;
use crate::upstream::certificate;
use crate::upstream::connector::Connector;
use crate::upstream::plugin::{self, PluginCredential};
use crate::upstream::pool::Pool;

/// An exec plugin and its latest credential.
#[derive(Debug)]
pub struct Renewal {
    source: Source,
    latest: Mutex<Dated>,
    /// Held while the plugin runs: it runs once, whoever waits for it.
    running: Arc<tokio::sync::Mutex<()>>,
}

/// An exec plugin, and what its credential is used with.
#[derive(Debug)]
struct Source {
    exec: ExecConfig,
    config: Config,
    bounds: Bounds,
}

/// A credential and when to ask for the next.
#[derive(Debug)]
struct Dated {
    armed: Arc<Armed>,
    /// When the plugin last ended, well or not.
    asked: Timestamp,
    expires: Option<Timestamp>,
    was_refused: bool,
}

/// What a credential is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It serves.
    Good,
    /// It serves, and the next is to be had.
    Due,
    /// It is over, or the API server does not take it.
    Spent,
}

/// A credential is renewed this long before its end, so that none ends under way.
const RENEWAL_MARGIN_S: i64 = 60;
/// A plugin is not asked more often than this, whatever the API server thinks of its credential.
const MIN_PLUGIN_INTERVAL_S: i64 = 10;

impl Renewal {
    /// Asks the plugin for its first credential; a fault shows at the start.
    pub async fn start(exec: ExecConfig, config: Config, bounds: Bounds) -> Result<Self, IdentityError> {
        let source = Source { exec, config, bounds };
        let latest = Mutex::new(source.ask().await?);
        Ok(Self { source, latest, running: Arc::default() })
    }

    /// What the next request carries.
    ///
    /// A plugin may take half a minute, so while the old credential serves nobody waits for the next.
    pub async fn armed(self: &Arc<Self>) -> Arc<Armed> {
        let (armed, standing) = self.latest().at(Timestamp::now());
        match standing {
            Standing::Good => armed,
            Standing::Due => {
                if let Ok(turn) = Arc::clone(&self.running).try_lock_owned() {
                    let renewal = Arc::clone(self);
                    tokio::spawn(async move {
                        renewal.renew().await;
                        drop(turn);
                    });
                }
                armed
            }
            Standing::Spent => {
                let renewal = Arc::clone(self);
                // A task of its own: a browser that goes away while it waits must not end the plugin, which would be run
                // again from its beginning for the next.
                let renewed = tokio::spawn(async move {
                    let _turn = renewal.running.lock().await;
                    let (armed, standing) = renewal.latest().at(Timestamp::now());
                    // Whoever had the turn before may have got another, or have failed just now.
                    if standing == Standing::Spent { renewal.renew().await } else { armed }
                });
                renewed.await.unwrap_or(armed)
            }
        }
    }

    /// Notes that the API server answered 401 to a credential, so that the plugin is asked again before the next request. A
    /// late answer to an older one says nothing of the newest.
    pub fn was_refused(&self, armed: &Arc<Armed>) {
        let mut latest = self.latest();
        if Arc::ptr_eq(&latest.armed, armed) {
            latest.was_refused = true;
        }
    }

    async fn renew(&self) -> Arc<Armed> {
        let renewed = self.source.ask().await;
        let mut latest = self.latest();
        match renewed {
            Ok(dated) => *latest = dated,
            // The API server is the judge of the old one; and a broken plugin is not run for every request.
            Err(error) => {
                tracing::warn!(%error, "the credential could not be renewed");
                latest.asked = Timestamp::now();
            }
        }
        Arc::clone(&latest.armed)
    }

    fn latest(&self) -> MutexGuard<'_, Dated> {
        // It is replaced in one step, so a poisoned lock still holds a whole one.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    async fn ask(&self) -> Result<Dated, IdentityError> {
        let credential = plugin::run(&self.exec, self.bounds.plugin).await?;
        let expires = credential.expires;
        let armed = Arc::new(self.arm(credential).await?);
        Ok(Dated { armed, asked: Timestamp::now(), expires, was_refused: false })
    }

    async fn arm(&self, credential: PluginCredential) -> Result<Armed, IdentityError> {
        let mut config = self.config.clone();
        if let Some((certificate, key)) = &credential.certificate {
            config.auth_info.client_certificate_data = Some(BASE64_STANDARD.encode(certificate));
            config.auth_info.client_key_data = Some(BASE64_STANDARD.encode(key.expose_secret()).into());
        }
        certificate::check(&config.auth_info)?;
        let mut headers = headers_from(header_source(&config)?, TOKEN_BOUND).await?;
        if let Some(token) = &credential.token {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|error| IdentityError::Token(error.into()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Armed { headers, pool: Arc::new(Pool::new(Connector::new(&config, self.bounds.connect)?)) })
    }
}

impl Dated {
    fn at(&self, now: Timestamp) -> (Arc<Armed>, Standing) {
        let left_s = self.expires.map_or(i64::MAX, |end| end.as_second().saturating_sub(now.as_second()));
        // A clock that was set back says nothing of when that was.
        let was_just_asked =
            (0..MIN_PLUGIN_INTERVAL_S).contains(&now.as_second().saturating_sub(self.asked.as_second()));
        let standing = match (was_just_asked, self.was_refused || left_s <= 0, left_s < RENEWAL_MARGIN_S) {
            (true, ..) | (false, false, false) => Standing::Good,
            (false, true, _) => Standing::Spent,
            (false, false, true) => Standing::Due,
        };
        (Arc::clone(&self.armed), standing)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use axum::http::HeaderMap;
    use jiff::SignedDuration;
    use tempfile::TempDir;

    use super::*;

    const BOUNDS: Bounds = Bounds { connect: Duration::from_secs(5), plugin: Duration::from_millis(300) };

    fn old() -> Arc<Armed> {
        let config = Config::new("http://localhost".parse().unwrap());
        let pool = Arc::new(Pool::new(Connector::new(&config, BOUNDS.connect).unwrap()));
        Arc::new(Armed { headers: HeaderMap::new(), pool })
    }

    /// A credential that was asked for long ago and ends in so many seconds, and a plugin that counts its runs in a file.
    fn renewal(script: &str, left_s: i64) -> (Arc<Renewal>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("echo run >> '{}'; {script}", folder.path().join("runs").display());
        let exec = serde_json::json!({ "command": "/bin/sh", "args": ["-c", script], "interactiveMode": "Never" });
        let exec = serde_json::from_value(exec).unwrap();
        let now = Timestamp::now();
        let at = |second: i64| now + SignedDuration::from_secs(second);
        let latest = Dated { armed: old(), asked: at(-3600), expires: Some(at(left_s)), was_refused: false };
        let config = Config::new("http://localhost".parse().unwrap());
        let source = Source { exec, config, bounds: BOUNDS };
        (Arc::new(Renewal { source, latest: Mutex::new(latest), running: Arc::default() }), folder)
    }

    fn runs(folder: &Path) -> usize {
        std::fs::read_to_string(folder.join("runs")).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn a_credential_is_renewed_shortly_before_its_end_and_waited_for_after_it() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let armed = old();
        let check = |now: i64, expires: Option<i64>, was_refused: bool, expect: Standing| {
            let dated = Dated { armed: Arc::clone(&armed), asked: at(1000), expires: expires.map(at), was_refused };
            assert_eq!(dated.at(at(now)).1, expect, "{now} {expires:?} {was_refused}");
        };
        check(9999, None, false, Standing::Good);
        check(1100, Some(1160), false, Standing::Good);
        check(1101, Some(1160), false, Standing::Due);
        check(1159, Some(1160), false, Standing::Due);
        check(1160, Some(1160), false, Standing::Spent);
        check(1100, None, true, Standing::Spent);
        check(1009, None, true, Standing::Good);
        check(1009, Some(1000), false, Standing::Good);
    }

    #[test]
    fn a_clock_that_was_set_back_kept_a_refused_credential_for_as_long() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let dated = Dated { armed: old(), asked: at(5000), expires: None, was_refused: true };
        assert_eq!(dated.at(at(1400)).1, Standing::Spent);
    }

    #[tokio::test]
    async fn a_plugin_that_hangs_at_renewal_holds_up_nobody_while_the_old_credential_serves() {
        let (renewal, folder) = renewal("exec sleep 600", 30);
        let before = renewal.latest().armed.clone();
        for _ in 0..10 {
            // The first starts the plugin, in a task which has had no turn when all of these are answered.
            assert!(Arc::ptr_eq(&before, &renewal.armed().await));
        }
        assert_eq!(runs(folder.path()), 0);
        drop(renewal.running.lock().await);
        let (_, standing) = renewal.latest().at(Timestamp::now());
        assert_eq!((runs(folder.path()), standing), (1, Standing::Good), "its failure is remembered");
    }

    #[tokio::test]
    async fn a_plugin_that_hangs_after_the_end_runs_once_for_all_who_wait_and_not_again_at_once() {
        let (renewal, folder) = renewal("exec sleep 600", -30);
        let started = Timestamp::now();
        let waiting: Vec<_> = (0..10).map(|_| Arc::clone(&renewal)).collect();
        let waiting = waiting.into_iter().map(|renewal| tokio::spawn(async move { renewal.armed().await }));
        for answer in waiting.collect::<Vec<_>>() {
            answer.await.unwrap();
        }
        assert_eq!(runs(folder.path()), 1);
        // It once counted from the beginning of the run: one of half a minute was over before anybody could heed it.
        let asked = renewal.latest().asked;
        assert!(asked.duration_since(started).as_millis() >= 200, "{started} {asked}");
    }

    #[tokio::test]
    async fn a_browser_that_went_away_ended_the_plugin_that_others_waited_for() {
        let (renewal, folder) = renewal(r#"echo '{"status":{"token":"new"}}'"#, -30);
        let gone = tokio::time::timeout(Duration::ZERO, renewal.armed()).await;
        assert!(gone.is_err());
        let armed = renewal.armed().await;
        assert!(armed.headers.contains_key(AUTHORIZATION));
        assert_eq!(runs(folder.path()), 1);
    }

    #[tokio::test]
    async fn a_renewed_credential_takes_the_place_of_the_old_one() {
        let (renewal, folder) = renewal(r#"echo '{"status":{"token":"new"}}'"#, 30);
        let token = |armed: &Armed| armed.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(token(&*renewal.armed().await), None);
        drop(renewal.running.lock().await);
        assert_eq!(token(&*renewal.armed().await).as_deref(), Some("Bearer new"));
        assert_eq!(runs(folder.path()), 1);
    }
}
