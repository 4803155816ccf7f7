//! A sample cluster in memory: the Kubernetes API over objects that live.
//!
//! A request goes through [`api`], which knows the protocol and no kind; [`kinds`] says what is served, and [`store`] keeps
//! it. [`company`] is what the cluster holds at the start, and [`life`] is what moves it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;

use api::answer::Body;
use api::{Api, BoxError};
use clock::Clock;
use company::moment::Moment;
use company::origin::Origin;
use error::ApiError;
use kinds::Kinds;
use life::{Alive, Life};
use store::Store;

pub mod api;
pub mod clock;
pub mod company;
pub mod error;
pub mod kinds;
pub mod life;
mod parallel;
mod quota;
pub mod random;
mod recording;
pub mod store;
pub mod tree;

/// What a demo cluster is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many nodes it has.
    pub nodes: u32,
    /// About how many pods.
    pub pods: u32,
    /// What it is made from: the same seed gives the same cluster.
    pub seed: u64,
    /// How many times as fast as ours its time runs.
    pub pace: f64,
}

/// A cluster that answers requests.
#[derive(Debug)]
pub struct Demo {
    api: Api,
    alive: Alive,
}

impl Default for Settings {
    fn default() -> Self {
        Self { nodes: 12, pods: 300, seed: 1, pace: 1.0 }
    }
}

impl Demo {
    /// A cluster as it is at a moment, from which on it lives.
    ///
    /// # Errors
    /// When the company cannot be put into the store, which its tests rule out.
    pub fn start(settings: Settings, now: Timestamp) -> Result<Self, ApiError> {
        let kinds = Arc::new(Kinds::default());
        let store = Arc::new(Store::new(Clock::new(now, settings.pace), settings.seed));
        let origin = Origin { seed: settings.seed, now: Moment::of(now) };
        let settled = company::settle(&origin, settings.nodes, settings.pods, &kinds, &store)?;
        let life = Life::new(Arc::clone(&store), settings.seed, origin.now, settled);
        Ok(Self { api: Api::new(Arc::clone(&store), kinds), alive: life.begin(store.clock()) })
    }

    /// Waits until nothing moves any longer, which is a fault of ours.
    pub fn standstill(&self) -> impl Future<Output = ()> + Send + use<> {
        self.alive.end()
    }

    /// Answers a request as the API server would.
    pub fn answer<B>(&self, request: Request<B>) -> impl Future<Output = Response<Body>> + Send
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.api.answer(request.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}
