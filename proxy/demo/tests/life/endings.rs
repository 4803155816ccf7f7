//! What goes, what goes with it, and what is forgotten.

use pilothouse_demo::kinds::builtin;
use pilothouse_demo::store::Key;
use pilothouse_demo::tree;
use serde_json::{Value, json};

use super::world::{NOW, World, text};

/// How many pods and replica sets of an app there are, those included that are about to go.
fn left(world: &World, app: &str) -> usize {
    let kinds = [builtin("", "pods"), builtin("apps", "replicasets")];
    let objects = kinds.iter().flat_map(|kind| world.store.list(kind, None).objects);
    objects.filter(|object| object.label("app.kubernetes.io/name") == Some(app)).count()
}

#[test]
fn an_owner_that_goes_in_the_foreground_went_before_its_dependents() {
    let mut world = World::new(1);
    world.at(5);
    world.change("apps", "deployments", "shop", "cart", |cart| {
        tree::put(cart, &["metadata", "finalizers"], json!(["foregroundDeletion"]));
        tree::put(cart, &["metadata", "deletionTimestamp"], (NOW + 5).to_string().into());
        tree::put(cart, &["metadata", "deletionGracePeriodSeconds"], 0.into());
    });
    let is_there = |world: &World| {
        let all = world.all("apps", "deployments");
        all.iter().any(|deployment| text(deployment, "/metadata/name") == "cart")
    };
    world.at(6);
    assert!(is_there(&world) && left(&world, "cart") > 0);
    for second in 7..120 {
        world.at(second);
        assert!(is_there(&world) || left(&world, "cart") == 0, "after {second} s");
    }
    assert!(!is_there(&world), "{} are left", left(&world, "cart"));
}

#[test]
fn nothing_was_ever_compacted() {
    let mut world = World::new(1);
    world.at(1);
    let version = world.store.version();
    let kinds = [builtin("", "pods"), builtin("storage.k8s.io", "storageclasses")];
    world.at(500);
    assert!(kinds.iter().all(|kind| world.store.watch(kind, version).is_ok()));
    world.at(700);
    assert!(kinds.iter().all(|kind| world.store.watch(kind, version).is_err()));
    assert!(world.store.list_at(builtin("", "pods"), None, version).is_err());
}

#[test]
fn what_is_used_of_a_quota_stayed_as_it_was_at_the_start() {
    let mut world = World::new(1);
    let told = |world: &World| {
        let quota = world.get(builtin("", "resourcequotas"), "shop", "shop-quota");
        text(&quota, "/status/used/count~1pods").to_owned()
    };
    let counted = |world: &World| world.store.count(builtin("", "pods"), "shop").to_string();
    let before = told(world.at(10));
    assert_eq!(before, counted(&world));
    world.change("apps", "deployments", "shop", "inventory", |it| it["spec"]["replicas"] = Value::from(9));
    world.at(25);
    assert_ne!(told(&world), before);
    assert_eq!(told(&world), counted(&world));
}

#[test]
fn only_what_controllers_make_went_with_its_owner() {
    let mut world = World::new(1);
    let uid = text(&world.deployment("shop", "cart"), "/metadata/uid").to_owned();
    let owned = |name: &str, uid: &str| {
        let owner = json!({ "apiVersion": "v1", "kind": "Any", "name": "any", "uid": uid, "controller": true });
        json!({ "metadata": { "namespace": "shop", "name": name, "ownerReferences": [owner] } })
    };
    let secret = world.store.create(builtin("", "secrets"), owned("key", &uid)).unwrap();
    world.store.create(builtin("", "configmaps"), owned("of-key", &secret.uid)).unwrap();
    world.at(5);
    world.store.delete(&Key::new(builtin("apps", "deployments"), "shop", "cart")).unwrap();
    world.at(10);
    for (plural, name) in [("secrets", "key"), ("configmaps", "of-key")] {
        let left = world.store.get(&Key::new(builtin("", plural), "shop", name));
        assert!(left.is_err(), "{name} is left");
    }
}
