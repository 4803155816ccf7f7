//! A tab without a browser: link, reflector and store put together as `live` does.

use super::server::Server;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::link::Link;
use crate::list::ListScanner;
use crate::pages::{Next, Pages, Part};
use crate::reflector::{Action, Reflector, State};
use crate::store::Store;

/// A tab that looks at the pods of a [`Server`].
pub(super) struct Tab {
    reflector: Reflector,
    link: Link,
    pub store: Store,
    pages: Pages,
    /// The list that is kept on with, if one has begun.
    epoch: Option<u32>,
    pub now_ms: f64,
    /// Open watches: the version that it has been told last, while there is one.
    socket: Option<u64>,
    /// Nothing comes through open sockets, and nothing says so.
    pub is_deaf: bool,
    pub lists: u32,
    pub watches: u32,
    pub probes: u32,
}

impl Tab {
    /// Begins to list.
    pub(super) fn open(server: &mut Server) -> Self {
        let mut tab = Self {
            reflector: Reflector::default(),
            link: Link::new(0.0),
            store: Store::default(),
            pages: Pages::default(),
            epoch: None,
            now_ms: 0.0,
            socket: None,
            is_deaf: false,
            lists: 0,
            watches: 0,
            probes: 0,
        };
        let actions = tab.reflector.start();
        tab.act(server, actions);
        tab
    }

    /// Where it stands.
    pub(super) fn state(&self) -> &State {
        self.reflector.state()
    }

    /// What it shows: names and phases, sorted.
    pub(super) fn shown(&self) -> Vec<(String, String)> {
        let pods = self.store.pods.iter();
        let mut shown: Vec<_> =
            pods.map(|pod| (pod.name().to_owned(), self.store.names.text(pod.status()).to_owned())).collect();
        shown.sort();
        shown
    }

    /// Lives for so many seconds.
    pub(super) fn live(&mut self, server: &mut Server, seconds: u32) {
        for _ in 0..seconds {
            self.now_ms += 1000.0;
            self.hear(server);
            let actions = self.reflector.tick(self.now_ms);
            self.act(server, actions);
            if self.link.tick(self.now_ms, true) {
                self.probe(server);
            }
        }
    }

    /// The machine sleeps for so many seconds: no clock ticks, and nothing comes through the socket any more. Awake, it is seen.
    pub(super) fn sleep(&mut self, server: &mut Server, seconds: u32) {
        self.socket = None;
        self.now_ms += f64::from(seconds) * 1000.0;
        let actions = self.reflector.woken(self.now_ms);
        self.act(server, actions);
    }

    /// The socket ends.
    pub(super) fn close(&mut self, server: &mut Server, in_order: bool) {
        self.socket = None;
        let actions = self.reflector.closed(in_order, self.now_ms);
        self.act(server, actions);
    }

    /// What has happened since is told.
    pub(super) fn hear(&mut self, server: &mut Server) {
        let Some(since) = self.socket.filter(|_| !self.is_deaf) else { return };
        for text in server.told(since) {
            self.link.proved(self.now_ms);
            let frame = Frame::parse(&text).unwrap();
            let (pods, names) = (&mut self.store.pods, &mut self.store.names);
            match &frame {
                Frame::Upsert { object, .. } => pods.upsert(object.as_bytes(), names),
                Frame::Delete { object, .. } => pods.delete(object.as_bytes()),
                Frame::Bookmark { .. } | Frame::Error(_) => {}
            }
            if let Frame::Upsert { resource_version, .. } | Frame::Delete { resource_version, .. } = &frame {
                self.socket = resource_version.parse().ok();
            }
            let actions = self.reflector.frame(&frame, self.now_ms, 0.5);
            self.act(server, actions);
        }
    }

    fn act(&mut self, server: &mut Server, actions: Vec<Action>) {
        for action in actions {
            let next = match action {
                Action::Close => {
                    self.socket = None;
                    Vec::new()
                }
                Action::List => {
                    self.lists += 1;
                    let result = self.read_list(server);
                    self.noticed(server, &result);
                    match result {
                        Ok(version) => self.reflector.listed(version, self.now_ms),
                        Err(failure) => self.reflector.list_failed(failure, self.now_ms, 0.5),
                    }
                }
                Action::Watch { resource_version } => {
                    self.watches += 1;
                    if server.lets_in() {
                        self.socket = resource_version.parse().ok();
                        self.reflector.opened(self.now_ms);
                        Vec::new()
                    } else {
                        self.reflector.closed(false, self.now_ms)
                    }
                }
                Action::Diagnose { resource_version } => {
                    let result = server.diagnose(&resource_version);
                    self.noticed(server, &result);
                    self.reflector.diagnosed(result, self.now_ms, 0.5)
                }
                Action::Probe => {
                    self.link.doubted();
                    Vec::new()
                }
                Action::Lost => {
                    self.link.lost(self.now_ms);
                    Vec::new()
                }
            };
            self.act(server, next);
        }
    }

    fn probe(&mut self, server: &mut Server) {
        self.probes += 1;
        if self.link.probed(server.trouble.as_ref(), self.now_ms) {
            let actions = self.reflector.resume(self.now_ms, 0.5);
            self.act(server, actions);
        }
    }

    fn noticed<T>(&mut self, server: &mut Server, result: &Result<T, Failure>) {
        if self.link.answered(result.as_ref().err(), self.now_ms) {
            let actions = self.reflector.resume(self.now_ms, 0.5);
            self.act(server, actions);
        }
    }

    fn read_list(&mut self, server: &mut Server) -> Result<String, Failure> {
        let mut pages = std::mem::take(&mut self.pages);
        let in_pages = server.is_old();
        let mut epoch = match self.epoch {
            Some(epoch) if pages.keeps_its_place(&Failure::Unreachable) => epoch,
            _ => self.store.pods.begin(),
        };
        loop {
            self.epoch = Some(epoch);
            match self.read_part(server, pages.part(in_pages, true)).map(|meta| pages.next(meta, in_pages)) {
                Ok(Next::Page) => {}
                Ok(Next::Anew) => epoch = self.store.pods.begin(),
                Ok(Next::Watch(version)) => {
                    self.store.pods.end(epoch, None);
                    return Ok(version);
                }
                Err(failure) if pages.goes_on(&failure) => {}
                Err(failure) => {
                    if pages.keeps_its_place(&failure) {
                        self.pages = pages;
                    }
                    return Err(failure);
                }
            }
        }
    }

    fn read_part(&mut self, server: &mut Server, part: Part<'_>) -> Result<crate::list::ListMeta, Failure> {
        let (body, is_cut) = server.list(part)?;
        let mut scanner = ListScanner::default();
        let (pods, names) = (&mut self.store.pods, &mut self.store.names);
        for chunk in body.chunks(97) {
            scanner.feed(chunk, |item| pods.upsert(item, names)).unwrap();
            self.reflector.part(self.now_ms);
        }
        if is_cut {
            return Err(Failure::Unreachable);
        }
        Ok(scanner.finish().unwrap())
    }
}
