//! Resource quotas: what is used of them.

use std::sync::Arc;

use super::cluster::Cluster;
use super::queue::Work;
use super::rollout::put_status;
use crate::company::moment::Moment;
use crate::kinds::builtin;
use crate::quota;
use crate::store::Key;
use crate::store::object::Object;

/// How often quotas are looked at where nobody tells of a change.
const LOOK_EVERY_S: i64 = 60;
/// How long changes are gathered, and where it takes long to look at all pods of a namespace.
const GATHER_S: i64 = 5;
const GATHER_MANY_S: i64 = 30;
const MANY_PODS: usize = 5000;

impl Cluster {
    /// Works out what is used of a quota.
    pub(super) fn sync_quota(&mut self, quota: &Arc<Object>) {
        let value = quota.value();
        let status = quota::status(&self.store, &value, &quota.namespace);
        let key = Key::of(quota);
        if value.get("status") != Some(&status) {
            self.change(&key, |quota| put_status(quota, status.clone()));
        }
        self.queue.add(next(self.now, LOOK_EVERY_S), Work::Sync(key));
    }

    /// Lets the quotas of a namespace be worked out anew, before long and once for all that happens until then.
    pub(super) fn recount(&mut self, namespace: &str) {
        let has_many = self.store.count(builtin("", "pods"), namespace) > MANY_PODS;
        let at = next(self.now, if has_many { GATHER_MANY_S } else { GATHER_S });
        for quota in self.store.list(builtin("", "resourcequotas"), Some(namespace)).objects {
            self.queue.add(at, Work::Sync(Key::of(&quota)));
        }
    }
}

/// The next moment that is a multiple of a time.
fn next(now: Moment, every_s: i64) -> Moment {
    Moment((now.0 / every_s + 1) * every_s)
}
