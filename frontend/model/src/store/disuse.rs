//! Names that nothing has any more. Each job has a name and a uid of its own, in labels that are interned, so that a tab
//! that is open for days would hold the names of all that ever was.

use super::Store;

impl Store {
    /// Forgets the names that nothing has any more, and the annotations of what is gone, once there is so much of either that it may
    /// be worth it.
    pub fn forget_unused_names(&mut self) {
        let is_worth_it = self.names.is_worth_forgetting();
        let Self { pods, nodes, workloads, services, annotations, .. } = self;
        let objects = pods.len() + workloads.rows().len() + services.rows().len() + nodes.rows().len();
        if is_worth_it || annotations.are_worth_forgetting(objects) {
            annotations.retain(|uid| {
                pods.number(uid).is_some()
                    || workloads.rows().number(uid).is_some()
                    || services.rows().number(uid).is_some()
                    || nodes.rows().number(uid).is_some()
            });
        }
        if is_worth_it {
            let in_use = self.names_in_use();
            self.names.forget_all_but(&in_use);
        }
    }

    /// Whether each name is in use, by its place.
    fn names_in_use(&self) -> Vec<bool> {
        let mut in_use = vec![false; self.names.count()];
        let mark = &mut |name: super::names::Name| {
            if let Some(place) = in_use.get_mut(name.place()) {
                *place = true;
            }
        };
        let Self { names: _, pods, nodes, namespaces, workloads, services, events, usage, annotations } = self;
        pods.each_name(mark);
        nodes.rows().iter().for_each(|(_, row)| row.each_name(mark));
        namespaces.rows().iter().for_each(|(_, row)| row.each_name(mark));
        workloads.rows().iter().for_each(|(_, row)| row.each_name(mark));
        services.rows().iter().for_each(|(_, row)| row.each_name(mark));
        events.rows().iter().for_each(|(_, row)| row.each_name(mark));
        usage.nodes.each_name(mark);
        annotations.each_name(mark);
        in_use
    }
}

#[cfg(test)]
mod tests {
    use crate::k8s::workload::WorkloadKind;
    use crate::store::Store;

    /// One object of each kind, with a value in every field that is interned.
    fn store() -> Store {
        let mut store = Store::default();
        let names = &mut store.names;
        let meta = |uid: &str| {
            format!(
                r#""metadata":{{"uid":"{uid}","name":"name-{uid}","namespace":"space-{uid}","labels":{{"key-{uid}":"value-{uid}"}},
                "ownerReferences":[{{"kind":"Owner{uid}","name":"owner-{uid}","controller":true}}]}}"#
            )
        };
        let pod = format!(
            r#"{{{},"spec":{{"nodeName":"node-1","priorityClassName":"high","containers":[{{"name":"app","image":"app:1"}}]}},
            "status":{{"phase":"Running","qosClass":"Burstable","podIP":"10.0.0.1","containerStatuses":[{{"name":"app",
            "restartCount":3,"state":{{"waiting":{{"reason":"CrashLoopBackOff"}}}},
            "lastState":{{"terminated":{{"reason":"OOMKilled","exitCode":137}}}}}}]}}}}"#,
            meta("p")
        );
        store.pods.upsert(pod.as_bytes(), names);
        store.annotations.want(&["note".to_owned()], &[crate::explore::Kind::Pods]);
        store.annotations.upsert(
            br#"{"metadata":{"uid":"p","annotations":{"note":"annotated"}}}"#,
            crate::explore::Kind::Pods,
            names,
        );
        let node = format!(
            r#"{{{},"status":{{"nodeInfo":{{"kubeletVersion":"v1","osImage":"os","kernelVersion":"6","containerRuntimeVersion":"cri"}},
            "addresses":[{{"type":"InternalIP","address":"10.1.1.1"}},{{"type":"ExternalIP","address":"1.1.1.1"}}]}}}}"#,
            meta("n").replace("key-n", "topology.kubernetes.io/zone")
        );
        store.nodes.upsert(node.as_bytes(), names);
        store.namespaces.upsert(format!(r#"{{{},"status":{{"phase":"Active"}}}}"#, meta("s")).as_bytes(), names);
        let deployment = format!(
            r#"{{{},"spec":{{"replicas":2,"selector":{{"matchLabels":{{"app":"w"}}}},"template":{{"spec":{{"nodeSelector":{{"disk":"ssd"}},
            "containers":[{{"name":"main","image":"web:2"}}]}}}}}},"status":{{}}}}"#,
            meta("w")
        );
        store.workloads.upsert(WorkloadKind::Deployment, deployment.as_bytes(), names);
        let cron = format!(r#"{{{},"spec":{{"schedule":"*/5 * * * *","timeZone":"Europe/Vienna"}}}}"#, meta("c"));
        store.workloads.upsert(WorkloadKind::CronJob, cron.as_bytes(), names);
        let service = format!(
            r#"{{{},"spec":{{"type":"NodePort","selector":{{"app":"x"}},"ports":[{{"port":80,"nodePort":30080}}]}}}}"#,
            meta("v")
        );
        store.services.upsert(service.as_bytes(), names);
        let event = format!(
            r#"{{{},"reason":"BackOff","type":"Warning","message":"m","source":{{"component":"kubelet"}},
            "involvedObject":{{"kind":"Pod","name":"web-0","namespace":"a"}}}}"#,
            meta("e")
        );
        store.events.upsert(event.as_bytes(), names);
        store
    }

    /// All that is kept, with the texts of its names: a field that is forgotten would read as empty.
    fn kept(store: &Store) -> String {
        let Store { names, pods, nodes, namespaces, workloads, services, events, usage, annotations } = store;
        let kept = format!("{:?}", (pods, nodes, namespaces, workloads, services, events, usage, annotations));
        let mut parts = kept.split("Name(");
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            let (number, rest) = part.split_once(')').unwrap();
            let name = names.name_at(number.parse().unwrap());
            text += &format!("{:?}{rest}", names.text(name));
        }
        text
    }

    #[test]
    fn names_of_what_has_gone_are_forgotten_and_nothing_else() {
        let mut store = store();
        let before = kept(&store);
        for value in [
            "annotated",
            "node-1",
            "high",
            "app:1",
            "OOMKilled",
            "value-w",
            "disk=ssd",
            "*/5 * * * *",
            "kubelet",
            "Active",
        ] {
            assert!(before.contains(value), "{value} is not interned here: {before}");
        }
        store.forget_unused_names();
        assert!(store.names.find("CrashLoopBackOff").is_some());
        let job = |number: u32| format!("nightly-report-{number}-0f5e3b1c-8a1d-4b6e-9d2f-1234567890ab");
        for number in 0..20_000 {
            store.names.intern(&job(number));
        }
        // No list has this one any more.
        store.annotations.upsert(
            br#"{"metadata":{"uid":"gone","annotations":{"note":"x"}}}"#,
            crate::explore::Kind::Pods,
            &mut store.names,
        );
        let bytes = store.names.bytes();
        store.forget_unused_names();
        assert_eq!(kept(&store), before);
        assert_eq!(store.names.find(&job(7)), None);
        assert!(store.names.bytes() < bytes / 10, "{} of {bytes} bytes are left", store.names.bytes());
        // What comes afterwards is found again.
        let name = store.names.intern(&job(7));
        assert_eq!(store.names.text(name), job(7));
    }

    #[test]
    fn annotations_of_what_is_gone_are_forgotten_before_there_is_much_text() {
        let mut store = store();
        let before = kept(&store);
        let come_and_go = |store: &mut Store, count: u32| {
            for number in 0..count {
                let pod = format!(r#"{{"metadata":{{"uid":"gone-{number}","annotations":{{"note":"annotated"}}}}}}"#);
                store.annotations.upsert(pod.as_bytes(), crate::explore::Kind::Pods, &mut store.names);
            }
            store.forget_unused_names();
        };
        come_and_go(&mut store, 100);
        assert_eq!(store.annotations.of("note").map(|values| values.len()), Some(101), "a hundred are not worth it");
        come_and_go(&mut store, 5_000);
        assert_eq!(kept(&store), before);
    }

    #[test]
    fn a_few_names_are_not_worth_looking_through_everything() {
        let mut store = store();
        store.names.intern("gone");
        store.forget_unused_names();
        assert!(store.names.find("gone").is_some());
    }
}
