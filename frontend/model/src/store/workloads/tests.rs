use super::*;

fn taken(kind: WorkloadKind, json: &str) -> (Workloads, Names) {
    let (mut workloads, mut names) = (Workloads::default(), Names::default());
    workloads.upsert(kind, json.as_bytes(), &mut names);
    (workloads, names)
}

#[test]
fn each_kind_counts_what_it_counts() {
    let check = |kind: WorkloadKind, json: &str, expect: &Course| {
        let (workloads, _) = taken(kind, json);
        let found: Vec<_> = workloads.rows().iter().map(|(_, row)| row.course.clone()).collect();
        assert_eq!(found, std::slice::from_ref(expect), "{json}");
    };
    let replicas = Replicas { wanted: 3, current: 4, ready: 2, up_to_date: Some(1), available: 2 };
    let json = r#"{"metadata":{"uid":"a"},"spec":{"replicas":3},"status":{"replicas":4,"readyReplicas":2,"updatedReplicas":1,"availableReplicas":2}}"#;
    check(WorkloadKind::Deployment, json, &Course::Replicas(replicas));
    check(WorkloadKind::ReplicaSet, json, &Course::Replicas(Replicas { up_to_date: None, ..replicas }));
    let run = JobRun { wanted: Some(5), parallelism: 2, succeeded: 1, active: 2, ..JobRun::default() };
    let json =
        r#"{"metadata":{"uid":"a"},"spec":{"completions":5,"parallelism":2},"status":{"succeeded":1,"active":2}}"#;
    check(WorkloadKind::Job, json, &Course::Job(run));
    check(
        WorkloadKind::Job,
        r#"{"metadata":{"uid":"a"},"spec":[],"status":{"active":[]}}"#,
        &Course::Job(JobRun::default()),
    );
    let (workloads, names) = taken(
        WorkloadKind::CronJob,
        r#"{"metadata":{"uid":"a"},"spec":{"schedule":"*/5 * * * *","suspend":true,"jobTemplate":{"spec":{"template":{"spec":{
            "containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:2"}]}}}}},"status":{"active":[{"name":"j"},{"name":"k"}]}}"#,
    );
    let (_, row) = workloads.rows().iter().next().unwrap();
    let Course::Schedule(schedule) = &row.course else { panic!("{row:?}") };
    assert_eq!((names.text(schedule.cron), schedule.active, schedule.suspended), ("*/5 * * * *", 2, true));
    let images: Vec<_> = row.images.iter().map(|image| names.text(*image)).collect();
    assert_eq!((names.text(row.containers), images), ("a,b", vec!["x:1", "y:2"]));
    assert_eq!((row.state, names.text(row.status)), (WorkloadState::Suspended, "Suspended"));
}

#[test]
fn a_reason_of_any_length_is_bounded() {
    let message = "ü".repeat(10_000);
    let (workloads, _) = taken(
        WorkloadKind::Deployment,
        &format!(
            r#"{{"metadata":{{"uid":"a"}},"status":{{"conditions":[{{"type":"ReplicaFailure","status":"True","message":"{message}"}}]}}}}"#
        ),
    );
    assert_eq!(workloads.rows().iter().map(|(_, row)| row.why.len()).collect::<Vec<_>>(), [600]);
}

#[test]
fn a_list_of_one_kind_leaves_the_others() {
    let (mut workloads, mut names) = taken(WorkloadKind::Deployment, r#"{"metadata":{"uid":"a","namespace":"x"}}"#);
    workloads.upsert(WorkloadKind::Job, br#"{"metadata":{"uid":"b","namespace":"x"}}"#, &mut names);
    let epoch = workloads.begin();
    workloads.end(epoch, WorkloadKind::Job, Some(names.intern("y")));
    assert_eq!(workloads.rows().len(), 2);
    workloads.end(epoch, WorkloadKind::Job, None);
    assert_eq!(workloads.rows().iter().map(|(_, row)| row.kind).collect::<Vec<_>>(), [WorkloadKind::Deployment]);
    workloads.retain(WorkloadKind::Deployment, &[]);
    assert!(workloads.rows().is_empty());
}

#[test]
fn odd_objects_are_counted_and_skipped() {
    for json in ["", "[]", "7", r#"{"metadata":7}"#, "{}"] {
        for kind in WorkloadKind::ALL {
            let (workloads, _) = taken(kind, json);
            assert_eq!((workloads.rows().len(), workloads.undecodable), (0, 1), "{json}");
        }
    }
}
