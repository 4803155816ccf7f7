//! Counters of the process in Prometheus' text format; no label's values are open-ended.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::http::StatusCode;

/// What the proxy counts.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests by the class of their answer's code: 1xx to 5xx.
    requests: [Counter; 5],
    /// Requests whose answer has not been sent to its end.
    pub requests_in_flight: Counter,
    /// Bytes of answers' bodies.
    pub response_bytes: Counter,
    /// Lists that went through a mask.
    pub lean_lists: Counter,
    /// Their bytes, as the API server sent them.
    pub lean_bytes_read: Counter,
    /// Their bytes, as the browser got them.
    pub lean_bytes_sent: Counter,
    /// WebSockets that are joined now.
    pub upgrades_open: Counter,
    /// WebSockets that were joined.
    pub upgrades: Counter,
    /// Requests that the API server did not answer, by the refusal's slug.
    upstream_errors: [Counter; UPSTREAM_ERRORS.len()],
}

/// A number that many threads add to.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// Counts one in a gauge for as long as it lives.
#[derive(Debug)]
pub struct Held {
    /// The counters that the gauge is one of.
    pub metrics: Arc<Metrics>,
    gauge: fn(&Metrics) -> &Counter,
}

const UPSTREAM_ERRORS: [&str; 4] = ["upstream-unreachable", "upstream-timeout", "upstream-broken", "credential"];

impl Metrics {
    /// Counts an answer by its code.
    pub fn count_answer(&self, code: StatusCode) {
        let class = usize::from(code.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.requests.get(class) {
            counter.add(1);
        }
    }

    /// Counts a failure to get an answer, if the slug is one of those.
    pub fn count_upstream_error(&self, slug: &str) {
        if let Some((_, counter)) = UPSTREAM_ERRORS.iter().zip(&self.upstream_errors).find(|(one, _)| **one == slug) {
            counter.add(1);
        }
    }

    /// All of it in Prometheus' text format, version 0.0.4.
    pub fn text(&self) -> String {
        let mut text = String::new();
        family(&mut text, "requests_total", "counter", "Requests by the class of the answer's code.");
        for (class, counter) in (1..).zip(&self.requests) {
            sample(&mut text, &format!("requests_total{{code=\"{class}xx\"}}"), counter);
        }
        let plain = [
            ("requests_in_flight", "gauge", "Requests whose answer is not yet complete.", &self.requests_in_flight),
            ("response_bytes_total", "counter", "Bytes of answers' bodies.", &self.response_bytes),
            ("lean_lists_total", "counter", "Lists that went through a field mask.", &self.lean_lists),
            (
                "lean_read_bytes_total",
                "counter",
                "Bytes of those lists, as the API server sent them.",
                &self.lean_bytes_read,
            ),
            ("lean_sent_bytes_total", "counter", "Bytes of those lists, as browsers got them.", &self.lean_bytes_sent),
            ("upgrades_open", "gauge", "WebSockets that are joined now.", &self.upgrades_open),
            ("upgrades_total", "counter", "WebSockets that were joined.", &self.upgrades),
        ];
        for (name, kind, help, counter) in plain {
            family(&mut text, name, kind, help);
            sample(&mut text, name, counter);
        }
        family(&mut text, "upstream_errors_total", "counter", "Requests that the API server did not answer.");
        for (slug, counter) in UPSTREAM_ERRORS.iter().zip(&self.upstream_errors) {
            sample(&mut text, &format!("upstream_errors_total{{reason=\"{slug}\"}}"), counter);
        }
        family(&mut text, "build_info", "gauge", "The version that runs.");
        text.push_str(concat!("pilothouse_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1\n"));
        text
    }
}

impl Counter {
    /// Adds to the number.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Held {
    /// Adds one to a gauge until what this returns is dropped.
    pub fn new(metrics: Arc<Metrics>, gauge: fn(&Metrics) -> &Counter) -> Self {
        gauge(&metrics).add(1);
        Self { metrics, gauge }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        (self.gauge)(&self.metrics).0.fetch_sub(1, Relaxed);
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(text, "# HELP pilothouse_{name} {help}\n# TYPE pilothouse_{name} {kind}")
        .expect("a String takes any text");
}

fn sample(text: &mut String, series: &str, counter: &Counter) {
    writeln!(text, "pilothouse_{series} {}", counter.get()).expect("a String takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class() {
        let metrics = Metrics::default();
        metrics.count_answer(StatusCode::OK);
        metrics.count_answer(StatusCode::NOT_FOUND);
        metrics.count_answer(StatusCode::FORBIDDEN);
        metrics.count_answer(StatusCode::from_u16(999).unwrap());
        let text = metrics.text();
        assert!(text.contains("pilothouse_requests_total{code=\"2xx\"} 1\n"), "{text}");
        assert!(text.contains("pilothouse_requests_total{code=\"4xx\"} 2\n"), "{text}");
        assert!(text.contains("pilothouse_requests_total{code=\"5xx\"} 0\n"), "{text}");
    }

    #[test]
    fn a_gauge_falls_when_what_it_counts_ends() {
        let metrics = Arc::new(Metrics::default());
        let held = Held::new(Arc::clone(&metrics), |metrics| &metrics.upgrades_open);
        assert_eq!(metrics.upgrades_open.get(), 1);
        drop(held);
        assert_eq!(metrics.upgrades_open.get(), 0);
    }

    #[test]
    fn only_known_reasons_become_labels() {
        let metrics = Metrics::default();
        metrics.count_upstream_error("upstream-timeout");
        metrics.count_upstream_error("no-session");
        let text = metrics.text();
        assert!(text.contains("pilothouse_upstream_errors_total{reason=\"upstream-timeout\"} 1\n"), "{text}");
        assert!(!text.contains("no-session"));
    }
}
