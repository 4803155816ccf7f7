//! The company over hours of its time: nothing here waits for a real second.

use std::collections::{HashMap, HashSet};

use pilothouse_demo::company::moment::Moment;
use pilothouse_demo::kinds::builtin;
use pilothouse_demo::store::Key;
use pilothouse_demo::tree;
use serde_json::{Value, json};

use world::{NOW, World, is_ready, restarts, text};

mod endings;
mod troubles;
mod world;

#[test]
fn owners_nodes_and_counts_agree_all_through_three_hours() {
    let mut world = World::new(1);
    let mut seen = HashMap::<String, u64>::new();
    for minute in (0..180).step_by(9) {
        world.at(minute * 60).check(minute * 60);
        for pod in world.all("", "pods") {
            let before = seen.insert(text(&pod, "/metadata/uid").to_owned(), restarts(&pod)).unwrap_or(0);
            assert!(restarts(&pod) >= before, "{}", text(&pod, "/metadata/name"));
        }
    }
    let pods = world.all("", "pods").len();
    assert!((230..340).contains(&pods), "{pods}");
    assert!(world.all("", "events").len() < 1500, "{}", world.all("", "events").len());
}

#[test]
fn the_same_seed_lives_the_same_life() {
    let lived = |seed| {
        let mut world = World::new(seed);
        world.at(3600);
        let all = ["pods", "events", "nodes"].map(|plural| world.all("", plural));
        serde_json::to_string(&all).unwrap()
    };
    let one = lived(1);
    assert!(one == lived(1), "two lives of one seed differ");
    assert!(one != lived(2));
}

#[test]
fn a_rollout_on_its_way_comes_to_its_end() {
    let mut world = World::new(1);
    let rollout = |world: &World| text(&world.deployment("shop", "checkout"), "/status/conditions/1/reason").to_owned();
    assert_eq!(rollout(&world), "ReplicaSetUpdated");
    world.at(300);
    assert_eq!(rollout(&world), "NewReplicaSetAvailable");
    assert!(
        world
            .pods_of("checkout")
            .iter()
            .all(|pod| { text(pod, "/metadata/labels/app.kubernetes.io~1version") == "6.1.0" })
    );
}

#[test]
fn a_new_image_is_rolled_out_without_losing_more_than_may_be_away() {
    let mut world = World::new(1);
    world.at(300);
    world.change("apps", "deployments", "shop", "catalog", |deployment| {
        deployment["spec"]["template"]["spec"]["containers"][0]["image"] =
            "registry.example.com/shop/catalog:7.5.0".into();
    });
    let wanted = world.pods_of("catalog").len();
    for second in 301..420 {
        let ready = world.at(second).ready_of("catalog");
        assert!(ready >= wanted - wanted / 4, "{ready} of {wanted} after {second} s");
        assert!(world.pods_of("catalog").len() <= wanted + wanted.div_ceil(4), "after {second} s");
    }
    let pods = world.pods_of("catalog");
    assert_eq!(pods.len(), wanted);
    assert!(pods.iter().all(|pod| text(pod, "/spec/containers/0/image").ends_with(":7.5.0")));
    assert_eq!(
        text(&world.deployment("shop", "catalog"), "/metadata/annotations/deployment.kubernetes.io~1revision"),
        "11"
    );
}

#[test]
fn a_scaled_deployment_has_its_pods_within_seconds() {
    let mut world = World::new(1);
    let scale = |world: &World, replicas: u32| {
        world.change("apps", "deployments", "search", "suggestions", |deployment| {
            deployment["spec"]["replicas"] = replicas.into();
        });
    };
    scale(&world, 9);
    world.at(20);
    assert_eq!((world.pods_of("suggestions").len(), world.ready_of("suggestions")), (9, 9));
    assert_eq!(world.deployment("search", "suggestions")["status"]["readyReplicas"], 9);
    scale(&world, 2);
    world.at(40);
    assert_eq!(world.pods_of("suggestions").len(), 2);
}

#[test]
fn a_deleted_pod_is_replaced_and_a_deleted_deployment_takes_all() {
    let mut world = World::new(1);
    let pods = world.pods_of("inventory");
    let one = text(&pods[0], "/metadata/name");
    world.store.delete(&Key::new(builtin("", "pods"), "shop", one)).unwrap();
    world.at(15);
    assert_eq!(world.ready_of("inventory"), pods.len());
    world.store.delete(&Key::new(builtin("apps", "deployments"), "shop", "inventory")).unwrap();
    world.at(60);
    assert!(world.pods_of("inventory").is_empty());
    assert!(!world.all("apps", "replicasets").iter().any(|set| text(set, "/metadata/name").starts_with("inventory-")));
}

#[test]
fn a_crash_loop_ends_when_its_cause_is_mended() {
    let mut world = World::new(1);
    let before: u64 = world.pods_of("reviews").iter().map(restarts).sum();
    world.at(600);
    assert!(world.pods_of("reviews").iter().map(restarts).sum::<u64>() > before);
    world.change("apps", "deployments", "shop", "reviews", |deployment| {
        deployment["spec"]["template"]["spec"]["containers"][0]["env"] =
            json!([{"name": "REVIEWS_DB_URL", "value": "postgres://orders-db.data"}]);
    });
    world.at(800);
    assert_eq!(world.ready_of("reviews"), 3);
}

#[test]
fn cron_jobs_run_and_only_so_many_runs_are_kept() {
    let mut world = World::new(1);
    let runs = |world: &World| -> Vec<String> {
        let jobs = world.all("batch", "jobs");
        let of_sync = jobs.iter().filter(|job| text(job, "/metadata/name").starts_with("price-sync-"));
        of_sync.map(|job| text(job, "/metadata/name").to_owned()).collect()
    };
    let first = runs(&world);
    world.at(1800);
    let later = runs(&world);
    assert!((3..=4).contains(&later.len()), "{later:?}");
    assert!(later.iter().all(|run| !first.contains(run)));
    let cron_job = world.get(builtin("batch", "cronjobs"), "batch", "price-sync");
    assert!(Moment::parse(text(&cron_job, "/status/lastSuccessfulTime")).unwrap() > NOW + 1400);
}

#[test]
fn the_node_that_flaps_goes_within_two_minutes_takes_its_pods_with_it_and_comes_back() {
    let mut world = World::new(1);
    world.at(1);
    let told: Vec<Value> = world.all("", "events");
    let before = told.iter().find(|event| event["reason"] == "NodeNotReady" && event["count"] == 4).unwrap();
    let name = text(before, "/involvedObject/name").to_owned();
    let ready = |world: &World| {
        let node = world.get(builtin("", "nodes"), "", &name);
        let conditions = node.pointer("/status/conditions").and_then(Value::as_array).unwrap();
        conditions.iter().find(|one| one["type"] == "Ready").map(|one| text(one, "/status").to_owned()).unwrap()
    };
    let evictable = |world: &World| -> Vec<Value> {
        let pods = world.all("", "pods").into_iter().filter(|pod| text(pod, "/spec/nodeName") == name);
        let placed = pods.filter(|pod| pod.pointer("/metadata/deletionTimestamp").is_none());
        placed.filter(|pod| text(pod, "/metadata/ownerReferences/0/kind") != "DaemonSet").collect()
    };
    let here = evictable(&world);
    assert!(here.iter().any(is_ready), "nothing runs on {name}");
    assert_eq!(ready(&world), "True");
    world.at(120);
    assert_eq!(ready(&world), "True", "its last heartbeat is less than 40 s old");

    world.at(150);
    assert_eq!(ready(&world), "Unknown");
    assert!(!evictable(&world).iter().any(is_ready), "pods of a node that is away are ready");

    world.at(500);
    assert_eq!(evictable(&world), Vec::<Value>::new(), "pods stay longer than they tolerate");
    let owners: HashSet<_> = here.iter().map(|pod| text(pod, "/metadata/ownerReferences/0/name")).collect();
    let placed = world.all("", "pods");
    for owner in owners {
        let elsewhere = placed.iter().any(|pod| text(pod, "/metadata/ownerReferences/0/name") == owner);
        assert!(elsewhere, "the pods of {owner} were not replaced");
    }
    assert!(world.all("", "events").iter().any(|event| event["reason"] == "TaintManagerEviction"));

    world.at(530);
    assert_eq!(ready(&world), "True");
    let node = world.get(builtin("", "nodes"), "", &name);
    assert_eq!(node.pointer("/spec/taints"), None);
}

#[test]
fn a_quota_that_is_full_is_told_and_a_larger_one_is_used() {
    let mut world = World::new(1);
    world.change("apps", "deployments", "batch", "thumbnailer", |deployment| {
        deployment["metadata"]["labels"]["x"] = "y".into();
    });
    let set = text(&world.pods_of("thumbnailer")[0], "/metadata/ownerReferences/0/name").to_owned();
    world.change("apps", "replicasets", "batch", &set, |set| set["metadata"]["labels"]["x"] = "y".into());
    world.at(10);
    let refused = |event: &&Value| {
        event["reason"] == "FailedCreate" && text(event, "/message").contains("exceeded quota: batch-low")
    };
    assert!(world.all("", "events").iter().find(refused).is_some());
    world.change("", "resourcequotas", "batch", "batch-low", |quota| {
        quota["spec"]["hard"]["requests.cpu"] = "20".into();
    });
    world.at(700);
    assert_eq!(world.ready_of("thumbnailer"), 6);
}

#[test]
fn a_set_that_grows_gets_volumes_in_order() {
    let mut world = World::new(1);
    world.change("apps", "statefulsets", "data", "orders-db", |set| set["spec"]["replicas"] = 5.into());
    world.at(60);
    assert_eq!(world.ready_of("orders-db"), 5);
    let claim = world.get(builtin("", "persistentvolumeclaims"), "data", "data-orders-db-4");
    assert_eq!(text(&claim, "/status/phase"), "Bound");
}

#[test]
fn odd_objects_do_not_end_the_life() {
    let mut world = World::new(1);
    let odd = [
        json!(null),
        json!(-1),
        json!(4_294_967_295_u32),
        json!(1e300),
        json!("odd"),
        json!([1, null]),
        json!({"odd": [{}]}),
    ];
    let paths: [&[&str]; 12] = [
        &["spec"],
        &["status"],
        &["spec", "replicas"],
        &["spec", "template"],
        &["spec", "selector"],
        &["spec", "strategy"],
        &["spec", "schedule"],
        &["spec", "containers"],
        &["spec", "taints"],
        &["spec", "parallelism"],
        &["status", "conditions"],
        &["metadata", "annotations"],
    ];
    let kinds = [
        ("", "nodes"),
        ("", "pods"),
        ("", "services"),
        ("", "persistentvolumeclaims"),
        ("", "resourcequotas"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("apps", "daemonsets"),
        ("autoscaling", "horizontalpodautoscalers"),
        ("batch", "jobs"),
        ("batch", "cronjobs"),
        ("policy", "poddisruptionbudgets"),
    ];
    let mut at = 0;
    for (group, plural) in kinds {
        let objects = world.store.list(builtin(group, plural), None).objects;
        let changes = paths.iter().flat_map(|path| odd.iter().map(move |value| (path, value)));
        for (object, (path, value)) in objects.iter().cycle().zip(changes) {
            // Some are gone by then.
            let _ = world.store.update(&Key::of(object), |object| tree::put(object, path, value.clone()));
        }
        at += 30;
        world.at(at);
    }
    world.at(at + 300);
    assert!(world.store.list(builtin("", "pods"), None).objects.len() < 5_000);
}

#[test]
fn a_pod_that_was_asked_to_go_goes_even_if_too_much_happened_at_once_to_hear_of_it() {
    let mut world = World::new(3);
    world.at(30);
    let pods = world.all("", "pods");
    let mut ready = pods.iter().filter(|pod| is_ready(pod));
    let place = |pod: &Value| (text(pod, "/metadata/namespace").to_owned(), text(pod, "/metadata/name").to_owned());
    let (going, busy) = (place(ready.next().unwrap()), place(ready.next().unwrap()));
    world.change("", "pods", &going.0, &going.1, |pod| {
        tree::put(pod, &["metadata", "deletionTimestamp"], (NOW + 35).to_string().into());
        tree::put(pod, &["metadata", "deletionGracePeriodSeconds"], 5.into());
    });
    // More than the store remembers.
    for n in 0..9_000 {
        world.change("", "pods", &busy.0, &busy.1, |pod| {
            tree::put(pod, &["metadata", "annotations", "n"], n.to_string().into());
        });
    }
    world.at(120);
    assert!(world.store.get(&Key::new(builtin("", "pods"), &going.0, &going.1)).is_err());
    world.check(120);
}

#[test]
fn a_pod_with_a_finalizer_ends_and_stays_until_it_is_free() {
    let mut world = World::new(1);
    let held = |world: &World, app: &str| {
        let name = text(&world.pods_of(app)[0], "/metadata/name").to_owned();
        world.change("", "pods", "shop", &name, |pod| {
            tree::put(pod, &["metadata", "finalizers"], json!(["example.com/drain"]));
        });
        name
    };
    let (asked, surplus) = (held(&world, "inventory"), held(&world, "catalog"));
    let wanted = world.pods_of("inventory").len();
    world.change("", "pods", "shop", &asked, |pod| {
        tree::put(pod, &["metadata", "deletionTimestamp"], (NOW + 30).to_string().into());
        tree::put(pod, &["metadata", "deletionGracePeriodSeconds"], 30.into());
    });
    world.store.delete(&Key::new(builtin("apps", "deployments"), "shop", "catalog")).unwrap();
    world.at(120);
    for name in [&asked, &surplus] {
        let pod = world.get(builtin("", "pods"), "shop", name);
        assert_eq!(pod["metadata"]["deletionGracePeriodSeconds"], 0, "{name}");
        assert_eq!(text(&pod, "/status/phase"), "Succeeded", "{name}");
        assert!(!is_ready(&pod), "{name}");
    }
    assert_eq!(world.ready_of("inventory"), wanted, "another one does its work");
}

#[test]
fn a_claim_takes_its_volume_along() {
    let mut world = World::new(1);
    let claim = Key::new(builtin("", "persistentvolumeclaims"), "data", "data-orders-db-0");
    let volume = world.store.get(&claim).unwrap().value();
    let volume = Key::new(builtin("", "persistentvolumes"), "", text(&volume, "/spec/volumeName"));
    assert!(world.store.get(&volume).is_ok());
    world.at(5);
    world.store.let_go(&claim, &NOW.to_string()).unwrap();
    world.at(10);
    assert!(world.store.get(&claim).is_err() && world.store.get(&volume).is_err());
}

#[test]
fn a_node_short_of_memory_gives_up_a_few_pods_which_are_made_anew() {
    let mut world = World::new(1);
    let evicted = |world: &World| -> Vec<Value> {
        let pods = world.all("", "pods");
        pods.into_iter().filter(|pod| text(pod, "/status/reason") == "Evicted").collect()
    };
    assert!(evicted(&world).is_empty());
    world.at(700);
    let first = evicted(&world);
    assert_eq!(first.len(), 1);
    assert!(text(&first[0], "/status/message").starts_with("The node was low on resource: memory."));
    assert!(world.all("", "events").iter().any(|event| event["reason"] == "Evicted"));
    let app = text(&first[0], "/metadata/labels/app.kubernetes.io~1name");
    let (namespace, wanted) = (text(&first[0], "/metadata/namespace"), world.ready_of(app));
    let wanted_by_owner = world.deployment(namespace, app)["spec"]["replicas"].as_u64().unwrap();
    assert_eq!(u64::try_from(wanted).unwrap(), wanted_by_owner, "another one runs");
    world.at(3 * 3600).check(3 * 3600);
    let all = evicted(&world);
    assert!((1..=3).contains(&all.len()), "{}", all.len());
    assert!(all.iter().all(|pod| text(pod, "/spec/nodeName") == text(&first[0], "/spec/nodeName")));
}
