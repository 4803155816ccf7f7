//! Services: one row each.

use super::names::{Name, Names};
use super::rows::{Rows, Uid};
use crate::k8s::label_selector::pairs_text;
use crate::k8s::projection::{self, read};
use crate::k8s::service::Service;
use crate::timestamp;

/// What is kept of a service.
#[derive(Clone, Debug)]
pub struct ServiceRow {
    /// Its identity.
    pub uid: Uid,
    /// Its name.
    pub name: Box<str>,
    /// Its namespace.
    pub namespace: Name,
    /// kubectl's TYPE.
    pub kind: Name,
    /// kubectl's CLUSTER-IP, or empty.
    pub cluster_ip: Box<str>,
    /// kubectl's EXTERNAL-IP, or empty.
    pub external_ip: Box<str>,
    /// kubectl's PORT(S), or empty.
    pub ports: Name,
    /// When it was created, in seconds since the epoch.
    pub created_s: Option<i64>,
    /// Its labels.
    pub labels: Box<[(Name, Name)]>,
    /// The labels of the pods behind it; none means that nothing is selected.
    pub selector: Box<[(Name, Name)]>,
    /// kubectl's SELECTOR, or empty.
    pub selector_text: Name,
}

/// All services that are loaded.
#[derive(Debug, Default)]
pub struct Services {
    rows: Rows<ServiceRow>,
    /// Objects that could not be decoded since the start.
    pub undecodable: u64,
}

impl ServiceRow {
    /// Each name in it; a field that is added must say here whether it is one.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        let Self {
            uid: _,
            name: _,
            namespace,
            kind,
            cluster_ip: _,
            external_ip: _,
            ports,
            created_s: _,
            labels,
            selector,
            selector_text,
        } = self;
        [namespace, kind, ports, selector_text].into_iter().copied().for_each(&mut *mark);
        labels.iter().chain(selector).flat_map(|(key, value)| [*key, *value]).for_each(mark);
    }
}

impl Services {
    /// The rows.
    pub fn rows(&self) -> &Rows<ServiceRow> {
        &self.rows
    }

    /// What each part holds of the memory, in bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let own = |row: &ServiceRow| {
            let texts = row.name.len() + row.cluster_ip.len() + row.external_ip.len();
            texts + size_of_val(&*row.labels) + size_of_val(&*row.selector)
        };
        let own = self.rows.iter().map(|(_, row)| own(row)).sum();
        vec![("rows", self.rows.bytes()), ("names, addresses, labels and selectors", own)]
    }

    /// Begins a list.
    pub fn begin(&mut self) -> u32 {
        self.rows.begin()
    }

    /// Ends a list of one namespace, or of all.
    pub fn end(&mut self, epoch: u32, namespace: Option<Name>) {
        self.rows.sweep(epoch, |row| namespace.is_none_or(|n| n == row.namespace));
    }

    /// Forgets what is outside these namespaces, since nobody keeps it up to date any more.
    pub fn retain(&mut self, namespaces: &[Name]) {
        let epoch = self.rows.begin();
        self.rows.sweep(epoch, |row| !namespaces.contains(&row.namespace));
    }

    /// Takes an object in, new or changed.
    pub fn upsert(&mut self, json: &[u8], names: &mut Names) {
        let Some(service) = decode(json) else {
            self.undecodable += 1;
            return;
        };
        let (meta, spec) = (&service.metadata, &service.spec);
        let row = ServiceRow {
            uid: Uid::parse(&meta.uid),
            name: Box::from(&*meta.name),
            namespace: names.intern(&meta.namespace),
            kind: names.intern(&spec.kind),
            cluster_ip: Box::from(&*spec.cluster_ip),
            external_ip: service.external_address().into(),
            ports: names.intern(&service.ports()),
            created_s: timestamp::seconds(&meta.creation_timestamp),
            labels: names.intern_pairs(&meta.labels),
            selector: names.intern_pairs(&spec.selector),
            selector_text: names.intern(&pairs_text(&spec.selector)),
        };
        self.rows.upsert(row.uid, meta.version(), row);
    }

    /// Takes an object out; of its JSON only the uid counts.
    pub fn delete(&mut self, json: &[u8]) {
        match decode(json) {
            Some(service) => {
                self.rows.remove(Uid::parse(&service.metadata.uid));
            }
            None => self.undecodable += 1,
        }
    }
}

/// The field mask of what is read of a service.
pub fn mask() -> String {
    projection::mask::<Service<'_>>()
}

/// Without a uid it is no service of a cluster.
fn decode(json: &[u8]) -> Option<Service<'_>> {
    read(json).ok().filter(|service: &Service<'_>| !service.metadata.uid.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Names, Services};

    fn service(uid: u8, namespace: &str) -> String {
        format!(
            r#"{{"metadata":{{"uid":"u{uid}","name":"s{uid}","namespace":"{namespace}"}},"spec":{{"selector":{{"app":"web"}}}}}}"#
        )
    }

    #[test]
    fn a_list_of_one_namespace_sweeps_only_there() {
        let (mut services, mut names) = (Services::default(), Names::default());
        for (uid, namespace) in [(1, "a"), (2, "a"), (3, "b")] {
            services.upsert(service(uid, namespace).as_bytes(), &mut names);
        }
        let epoch = services.begin();
        services.upsert(service(2, "a").as_bytes(), &mut names);
        services.end(epoch, names.find("a"));
        assert_eq!(services.rows().len(), 2);
        services.retain(&[names.intern("b")]);
        assert_eq!(services.rows().len(), 1);
        services.delete(service(3, "b").as_bytes());
        services.upsert(b"{}", &mut names);
        assert_eq!((services.rows().len(), services.undecodable), (0, 1));
    }
}
