//! How apps talk: each kind of app in the format that such apps use.

use super::super::moment::Moment;
use crate::random::Random;

/// How an app's log reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Voice {
    /// One line a request, in JSON.
    Service,
    /// One line a request, as web servers write it.
    Access,
    /// One line a piece of work.
    Worker,
    /// What a database tells.
    Database,
    /// What controllers tell, in klog's format.
    Control,
    /// What a mesh's sidecar tells.
    Proxy,
}

const PATHS: [&str; 8] = [
    "/",
    "/products/4711",
    "/cart",
    "/checkout/address",
    "/search?q=lamp",
    "/api/v2/offers",
    "/account/orders",
    "/images/hero.avif",
];
const CALLS: [&str; 6] = ["GetProduct", "ListOffers", "ReserveStock", "QuotePrice", "AddToCart", "GetCustomer"];
const JOBS: [&str; 5] = ["order-confirmation", "invoice-pdf", "stock-sync", "newsletter", "refund"];

impl Voice {
    /// What is said in the first seconds of a run.
    pub fn greeting(self, age_s: i64, app: &str, version: &str, at: Moment) -> Option<String> {
        let text = match (self, age_s) {
            (Self::Service | Self::Worker, 0) => {
                format!(r#"{{"ts":"{at}","level":"info","msg":"starting","app":"{app}","version":"{version}"}}"#)
            }
            (Self::Service | Self::Worker, 1) => {
                format!(r#"{{"ts":"{at}","level":"info","msg":"configuration read","file":"/etc/app/config.yaml"}}"#)
            }
            (Self::Access, 0) => format!("{} [notice] 1#1: {app}/{version}", at.to_string().replace(['T', 'Z'], " ")),
            (Self::Access, 1) => {
                format!("{} [notice] 1#1: start worker processes", at.to_string().replace(['T', 'Z'], " "))
            }
            (Self::Database, 0) => format!("{at} LOG:  starting {app} {version} on x86_64-linux, 64-bit"),
            (Self::Database, 2) => format!("{at} LOG:  database system is ready to accept connections"),
            (Self::Control, 0) => {
                klog(at, 'I', "main.go:87", &format!("\"Starting\" app=\"{app}\" version=\"{version}\""))
            }
            (Self::Control, 2) => klog(at, 'I', "shared_informer.go:356", "\"Caches are synced\""),
            (Self::Proxy, 0) => format!("{at} info    mesh proxy started, waiting for configuration"),
            (Self::Proxy, 2) => format!("{at} info    ready: listeners warmed"),
            _ => return None,
        };
        Some(text)
    }

    /// What is said in a second of ordinary work, if anything.
    pub fn line(self, random: &mut Random, app: &str, at: Moment) -> Option<String> {
        // One second in so many has a line.
        let quiet = match self {
            Self::Access => 2,
            Self::Service => 3,
            Self::Worker => 5,
            Self::Database => 20,
            Self::Control | Self::Proxy => 30,
        };
        if random.below(quiet) > 0 {
            return None;
        }
        let number = random.below(90_000) + 10_000;
        let took_ms = 2 + random.below(40) * (1 + random.below(8));
        let slow = random.below(60) == 0;
        Some(match self {
            Self::Access => {
                let (path, status) = (one_of(&PATHS, random), if slow { 503 } else { 200 });
                let client = format!("198.51.100.{}", random.below(250) + 1);
                format!(r#"{client} - - [{at}] "GET {path} HTTP/2.0" {status} {number} {took_ms}ms "req-{number:x}""#)
            }
            Self::Service if slow => format!(
                r#"{{"ts":"{at}","level":"warn","msg":"slow call","call":"{}","took_ms":{},"trace":"{number:08x}"}}"#,
                one_of(&CALLS, random),
                took_ms + 900
            ),
            Self::Service => format!(
                r#"{{"ts":"{at}","level":"info","msg":"handled","app":"{app}","call":"{}","status":200,"took_ms":{took_ms}}}"#,
                one_of(&CALLS, random)
            ),
            Self::Worker => format!(
                r#"{{"ts":"{at}","level":"info","msg":"done","job":"{}","id":{number},"took_ms":{}}}"#,
                one_of(&JOBS, random),
                took_ms * 7
            ),
            Self::Database if slow => {
                format!(
                    "{at} LOG:  duration: {took_ms}00.000 ms  statement: SELECT * FROM orders WHERE customer = {number}"
                )
            }
            Self::Database => {
                format!("{at} LOG:  checkpoint complete: wrote {} buffers, sync={took_ms} ms", number / 60)
            }
            Self::Control if slow => {
                klog(at, 'W', "reflector.go:569", "\"Watch closed, starting it again\" err=\"timeout\"")
            }
            Self::Control => {
                klog(at, 'I', "controller.go:231", &format!("\"Reconciled\" took=\"{took_ms}ms\" version=\"{number}\""))
            }
            Self::Proxy => format!("{at} info    configuration received: {} clusters, {took_ms} ms", number / 500),
        })
    }
}

/// A line as Kubernetes' own programs write it.
pub(super) fn klog(at: Moment, level: char, place: &str, message: &str) -> String {
    let text = at.to_string();
    let date = text.get(5..10).unwrap_or_default().replace('-', "");
    let time = text.get(11..19).unwrap_or_default();
    format!("{level}{date} {time}.{:06}       1 {place}] {message}", at.0.rem_euclid(999_983))
}

fn one_of<'a>(words: &[&'a str], random: &mut Random) -> &'a str {
    let number = random.below(u64::try_from(words.len()).unwrap_or(1));
    usize::try_from(number).ok().and_then(|number| words.get(number)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_write_as_klog_does() {
        let at = Moment::parse("2026-11-23T21:33:22Z").unwrap();
        let line = klog(at, 'I', "main.go:1", "\"Starting\"");
        assert!(line.starts_with("I1123 21:33:22."), "{line}");
        assert!(line.ends_with("1 main.go:1] \"Starting\""), "{line}");
    }
}
