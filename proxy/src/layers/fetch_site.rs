//! Fetch metadata: a browser says whether a request comes from our own page.

use axum::http::request::Parts;

use super::Gate;
use crate::error::Refusal;

/// Refuses a request whose `Sec-Fetch-Site` says that another site caused it.
///
/// Absent is allowed: other programs never send it, and Chromium leaves it out on WebSocket handshakes to loopback.
pub fn check(_: &Gate, head: &Parts) -> Result<(), Refusal> {
    let mut sites = head.headers.get_all("sec-fetch-site").iter();
    if sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none")) { Ok(()) } else { Err(Refusal::Origin) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::fixture::{gate, head};

    #[test]
    fn only_our_own_page_or_the_user_may_cause_a_request() {
        let check_site = |sites: &[&str], passes: bool| {
            let headers: Vec<_> = sites.iter().map(|site| ("sec-fetch-site", *site)).collect();
            assert_eq!(check(&gate(), &head("GET", "/api", &headers)).is_ok(), passes, "{sites:?}");
        };
        check_site(&[], true);
        check_site(&["same-origin"], true);
        check_site(&["none"], true);
        check_site(&["same-site"], false);
        check_site(&["cross-site"], false);
        check_site(&["same-origin", "cross-site"], false);
        check_site(&[""], false);
    }
}
