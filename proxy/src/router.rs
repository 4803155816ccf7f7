//! The route table.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{any, get};

use crate::layers::observe::observe;
use crate::layers::{API, Guard, Guards, METRICS, PAGE, SESSION, guard, response_headers};
use crate::site::Site;
use crate::{assets, forward, own};

/// Everything that this origin answers.
pub fn router(site: Arc<Site>) -> Router {
    let guarded = |checks: &'static [Guard]| from_fn_with_state(Guards { gate: Arc::clone(&site.gate), checks }, guard);

    let mut page = Router::new().route("/config.json", get(own::page_config));
    for asset in assets::EMBEDDED {
        page = page.route(asset.path, get(move |headers: HeaderMap| async move { assets::answer(asset, &headers) }));
        if asset.path == "/index.html" {
            page = page.route("/", get(move |headers: HeaderMap| async move { assets::answer(asset, &headers) }));
        }
    }
    let page = page.layer(guarded(PAGE)).layer(map_response(response_headers::for_page));

    // Asked by service managers, under any name: they say nothing but yes or no.
    let health = Router::new().route("/-/healthz", get(own::healthz)).route("/-/readyz", get(own::readyz));
    let metrics = Router::new().route("/-/metrics", get(own::metrics)).layer(guarded(METRICS));
    let session = Router::new().route("/-/session", get(own::who_am_i).post(own::sign_in)).layer(guarded(SESSION));
    let nothing = Router::new().route("/-/{*rest}", any(own::not_found)).layer(guarded(SESSION));
    let api = any(forward::forward).layer(guarded(API));
    let rest = Router::new()
        .merge(health)
        .merge(metrics)
        .merge(session)
        .merge(nothing)
        .fallback_service(api.with_state(Arc::clone(&site)))
        .layer(map_response(response_headers::for_api));

    let metrics = Arc::clone(&site.metrics);
    page.merge(rest).layer(from_fn_with_state(metrics, observe)).with_state(site)
}
