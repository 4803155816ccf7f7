//! The lists of one kind: one of all namespaces where the user may, else one for each namespace that the user names.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Effect, Get, GetUntracked, Owner, Set, With};
use model::failure::Failure;
use model::feed::{Feed, Phase};

use super::cluster::Cluster;
use super::watched::Watched;

/// What a kind needs to be listed.
pub trait Source {
    /// Begins to list a namespace, or all.
    fn start(&self, namespace: Option<&str>) -> Rc<Watched>;
    /// Forgets what is outside these namespaces.
    fn retain(&self, namespaces: &[String]);
}

/// The lists of one kind, for as long as this value lives.
pub struct Scoped {
    source: Box<dyn Source>,
    home: String,
    lists: RefCell<Vec<Rc<Watched>>>,
    /// Changes when other lists are kept.
    feeds: ArcRwSignal<Vec<ArcRwSignal<Feed>>>,
    /// The namespaces that are listed one by one, and why: the failure of the list of all.
    restricted: ArcRwSignal<Option<Restricted>>,
    /// Ends what follows the namespaces.
    owner: Owner,
}

/// The user may not list a kind in all namespaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Restricted {
    /// What the server said to the list of all.
    pub failure: Failure,
    /// Those that are listed instead.
    pub namespaces: Vec<String>,
}

/// The namespaces that the user names.
pub type Named = Rc<dyn Fn() -> Vec<String>>;

impl Scoped {
    /// Begins to list.
    pub fn start(cluster: &Cluster, source: impl Source + 'static, named: Named) -> Rc<Self> {
        let all = source.start(None);
        let scoped = Rc::new(Self {
            source: Box::new(source),
            home: cluster.config().namespace.clone().unwrap_or_else(|| "default".into()),
            feeds: ArcRwSignal::new(vec![all.feed.clone()]),
            lists: RefCell::new(vec![Rc::clone(&all)]),
            restricted: ArcRwSignal::new(None),
            owner: Owner::new(),
        });
        // The failure of the list of all, and the namespaces in the URL, decide which lists are kept.
        let (this, feed) = (Rc::downgrade(&scoped), all.feed.clone());
        scoped.owner.with(|| {
            Effect::new(move || {
                let wanted = named();
                let denied = match feed.get() {
                    Feed { phase: Phase::Stopped(failure @ Failure::Forbidden { .. }), .. } => Some(failure),
                    _ => None,
                };
                if let (Some(failure), Some(this)) = (denied, this.upgrade()) {
                    this.restrict(failure, wanted);
                }
            });
        });
        scoped
    }

    /// Where the lists stand.
    pub fn feed(&self) -> Feed {
        Feed::seen(self.feeds.get().iter().map(Get::get).collect())
    }

    /// Which namespaces may not be listed one by one either, in the server's words; nothing where none may: then the cards say so.
    pub fn denied(&self) -> String {
        let namespaces = self.restricted.get().map(|r| r.namespaces).unwrap_or_default();
        let (mut words, mut count) = (String::new(), 0);
        for (namespace, feed) in namespaces.iter().zip(self.feeds.get()) {
            let feed = feed.get();
            if let Some(failure) = feed.failure().filter(|_| feed.is_unseen()) {
                count += 1;
                words += &format!(" Not those of {namespace} either. {}", failure.server_words().unwrap_or_default());
            }
        }
        if count < namespaces.len() { words } else { String::new() }
    }

    /// How many are on their way.
    pub fn loading(&self) -> usize {
        let is_loading = |feed: &&ArcRwSignal<Feed>| feed.with(|feed| matches!(feed.phase, Phase::Loading { .. }));
        self.feeds.get().iter().filter(is_loading).count()
    }

    /// Whether, and why, namespaces are listed one by one.
    pub fn restricted(&self) -> Option<Restricted> {
        self.restricted.get()
    }

    /// The same, without following its changes.
    pub fn restricted_untracked(&self) -> Option<Restricted> {
        self.restricted.get_untracked()
    }

    /// Tries again.
    pub fn retry(&self) {
        let all: Vec<_> = self.lists.borrow().clone();
        for watched in all {
            watched.restart();
        }
    }

    /// Ends the lists and forgets what they brought.
    pub fn forget(&self) {
        self.owner.cleanup();
        self.lists.take();
        self.source.retain(&[]);
    }

    fn restrict(&self, failure: Failure, wanted: Vec<String>) {
        let mut namespaces = wanted;
        if namespaces.is_empty() {
            namespaces.push(self.home.clone());
        }
        let restricted = Restricted { failure, namespaces };
        let before = self.restricted.get_untracked();
        if before.as_ref() == Some(&restricted) {
            return;
        }
        let known = before.map(|r| r.namespaces).unwrap_or_default();
        let mut kept: Vec<_> = known.into_iter().zip(self.lists.take()).collect();
        let mut lists = Vec::new();
        for namespace in &restricted.namespaces {
            lists.push(match kept.iter().position(|(name, _)| name == namespace) {
                Some(place) => kept.swap_remove(place).1,
                None => self.source.start(Some(namespace)),
            });
        }
        self.source.retain(&restricted.namespaces);
        self.feeds.set(lists.iter().map(|w| w.feed.clone()).collect());
        self.lists.replace(lists);
        self.restricted.set(Some(restricted));
    }
}
