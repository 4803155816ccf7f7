//! Who the API server takes us for, and which version it is.

use leptos::prelude::{ArcRwSignal, Set};
use model::k8s::identity::{username, version};
use wasm_bindgen_futures::spawn_local;

use super::cluster::Cluster;
use crate::web::fetch::{self, Method};

/// What the top bar says of cluster and user; empty until it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The API server's version, for example `v1.37.2`.
    pub version: String,
    /// The user's name, as the API server sees it.
    pub user: String,
}

/// Asks once; what cannot be learnt stays as the configuration names it, or empty.
pub fn ask(cluster: &Cluster) -> ArcRwSignal<Identity> {
    let identity =
        ArcRwSignal::new(Identity { user: cluster.config().user.clone().unwrap_or_default(), version: String::new() });
    let (cluster, out) = (cluster.clone(), identity.clone());
    spawn_local(async move {
        let answer = cluster.get("version", "application/json").await.ok();
        let version = answer.and_then(|answer| version(&answer)).unwrap_or_default();
        cluster.learnt_version(&version);
        let user = review(&cluster).await.or_else(|| cluster.config().user.clone());
        out.set(Identity { version, user: user.unwrap_or_default() });
    });
    identity
}

/// A `SelfSubjectReview` (KEP-3325) changes nothing; the API has it as a POST.
async fn review(cluster: &Cluster) -> Option<String> {
    let url = format!("{}apis/authentication.k8s.io/v1/selfsubjectreviews", cluster.api_base());
    let body = r#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"#;
    let answer = fetch::send_json(Method::POST, &url, body).await;
    cluster.ended("identity", &answer);
    username(&answer.ok()?)
}
