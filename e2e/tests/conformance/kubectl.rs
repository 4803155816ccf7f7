//! kubectl looks at the demo as at any cluster.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use pilothouse_e2e::control_plane::Binaries;
use pilothouse_e2e::kubectl::Kubectl;
use pilothouse_e2e::process::Process;
use pilothouse_e2e::wait;
use serde_json::json;

use crate::cluster::start_demo;

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn kubectl_gets_describes_applies_scales_logs_and_deletes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (kubeconfig, _process) = start_demo(folder.path()).await?;
    let kubectl = Kubectl::new(Binaries::locate()?.kubectl(), kubeconfig);
    let says = |arguments: &str, words: &[&str]| -> Result<()> {
        let said = kubectl.run(arguments)?;
        for word in words {
            ensure!(said.contains(word), "{arguments}: no {word:?} in {said}");
        }
        Ok(())
    };

    says("get nodes -o wide", &["general-a-01", "INTERNAL-IP", "containerd://"])?;
    says("get pods -A", &["NAMESPACE", "CrashLoopBackOff", "Completed"])?;
    says("get pods -n shop -l tier=frontend --sort-by=.metadata.name", &["storefront"])?;
    says("get deployment cart -n shop -o yaml", &["kind: Deployment", "app.kubernetes.io/name: cart"])?;
    says("get all -n data", &["statefulset.apps/", "service/"])?;
    says("get virtualservices -A", &["NAMESPACE"])?;
    says("describe deployment cart -n shop", &["RollingUpdateStrategy", "Pod Template"])?;
    says("describe node data-a-01", &["Non-terminated Pods", "Allocated resources"])?;
    says("explain pod.spec.nodeName", &["nodeName"])?;
    says("top nodes", &["CPU(cores)", "general-a-01"])?;
    says("top pods -n shop", &["cart-"])?;
    says("logs -n shop deployment/cart --tail 2 --timestamps", &["T", "Z "])?;
    says("get pods -n shop --context dev", &["cart-"])?;
    let looping =
        kubectl.run("get pods -n shop -l app.kubernetes.io/name=reviews -o jsonpath={.items[0].metadata.name}")?;
    says(
        &format!("describe pod {looping} -n shop"),
        &["Node:", "Last State:", "Restart Count:", "Back-off restarting"],
    )?;
    says(&format!("logs -n shop {looping} --previous --tail 3"), &["reviews"])?;
    says("describe service cart -n shop", &["Endpoints:", "Selector:"])?;
    follows_a_log(&kubectl, folder.path()).await?;
    ensure!(kubectl.run("get secrets -A --context viewer").is_err(), "a viewer sees no Secrets");

    let map = folder.path().join("map.yaml");
    fs::write(&map, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: of-yaml\n  namespace: shop\ndata:\n  a: b\n")?;
    says(&format!("apply -f {}", map.display()), &["configmap/of-yaml created"])?;
    says("get configmap of-yaml -n shop -o jsonpath={.data.a}", &["b"])?;

    let manifest = folder.path().join("hello.json");
    let write = |image: &str| fs::write(&manifest, deployment(image).to_string());
    write("registry.example.com/hello:1")?;
    says(&format!("apply -f {}", manifest.display()), &["deployment.apps/hello created"])?;
    write("registry.example.com/hello:2")?;
    says(&format!("apply -f {}", manifest.display()), &["deployment.apps/hello configured"])?;
    let mut watch = kubectl.command();
    watch.args(["get", "deployment", "hello", "-n", "shop", "--watch"]);
    let watch = Process::start("kubectl-watch", &watch, folder.path())?;
    wait::until("kubectl's watch", SOON, async || {
        ensure!(watch.output()?.contains("hello"), "nothing yet: {}", watch.log()?);
        Ok(())
    })
    .await?;
    says("scale -n shop deployment/hello --replicas=3", &["scaled"])?;
    wait::until("kubectl to see three replicas come", SOON, async || {
        let seen = watch.output()?;
        ensure!(seen.contains("3/3"), "{seen}");
        Ok(())
    })
    .await?;
    drop(watch);
    wait::until("three replicas", SOON, async || says("get deployment hello -n shop", &["3/3"])).await?;
    says("delete -n shop deployment hello", &["deleted"])?;
    wait::until("no pods of the deleted deployment", SOON, async || {
        let left = kubectl.json("get replicasets -n shop -l app=hello")?;
        ensure!(left["items"].as_array().is_some_and(Vec::is_empty), "{left}");
        Ok(())
    })
    .await
}

/// Lines come as they are written.
async fn follows_a_log(kubectl: &Kubectl, folder: &Path) -> Result<()> {
    let mut follow = kubectl.command();
    follow.args(["logs", "-n", "shop", "deployment/cart", "--tail", "1", "--follow"]);
    let follow = Process::start("kubectl-logs", &follow, folder)?;
    wait::until("two lines of the log", SOON, async || {
        let lines = follow.output()?.lines().count();
        ensure!(lines >= 2, "{lines} lines: {}", follow.log()?);
        Ok(())
    })
    .await
}

fn deployment(image: &str) -> serde_json::Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "hello", "namespace": "shop", "labels": { "app": "hello" } },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": { "app": "hello" } },
            "template": {
                "metadata": { "labels": { "app": "hello" } },
                "spec": { "containers": [{ "name": "c", "image": image }] },
            },
        },
    })
}
