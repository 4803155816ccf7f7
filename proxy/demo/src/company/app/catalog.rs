//! The apps of the shop.

use super::super::logs::Voice;
use super::super::trouble::Trouble;
use super::Runs::{CronJob, DaemonSet, Deployment, Job, StatefulSet};
use super::{App, Pool, Runs};

/// Every app, the ones that grow with the company and the ones that keep the cluster going.
pub const APPS: &[App] = &[
    // The shop itself.
    web("storefront", 14).version("4.18.2", "4.17.9").at("www.shop.example.com").scales(6, 40),
    web("storefront-canary", 1).version("4.19.0-rc.1", "4.18.2"),
    shop("storefront-api", "web", 10).version("2.31.0", "2.30.4").at("api.shop.example.com").scales(6, 30),
    shop("catalog", "catalog", 8).version("7.4.1", "7.4.0").asks(300, 512),
    shop("inventory", "catalog", 6).version("3.9.0", "3.8.2"),
    shop("images", "catalog", 3).version("1.12.0", "1.11.3").asks(400, 192).suffers(Trouble::OutOfMemory),
    shop("reviews", "catalog", 3).version("2.2.0", "2.1.7").suffers(Trouble::CrashLoop),
    shop("cart", "checkout", 8).version("5.0.3", "5.0.2").scales(4, 16),
    shop("checkout", "checkout", 8).meshed().version("6.1.0", "6.0.4").asks(350, 384).suffers(Trouble::RollingOut),
    shop("gift-cards", "checkout", 3).version("1.8.0", "1.7.1").suffers(Trouble::StuckRollout),
    shop("promotions", "growth", 3).version("0.24.0", "0.23.1").suffers(Trouble::FailingProbe),
    shop("recommendations", "growth", 6).version("11.2.0", "11.1.4").asks(500, 1024),
    cache("session-cache", "shop", "web", 3),
    // What takes the money.
    service("payments-api", "payments", "payments", 8).meshed().version("9.3.1", "9.3.0").at("pay.shop.example.com"),
    service("payments-worker", "payments", "payments", 10).meshed().version("9.3.1", "9.3.0").says(Voice::Worker),
    service("ledger", "payments", "finance", 4).meshed().version("4.4.0", "4.3.8").asks(300, 768),
    service("invoices", "payments", "finance", 3).version("2.7.0", "2.6.5").suffers(Trouble::MissingImage),
    service("webhooks", "payments", "payments", 4).version("1.19.2", "1.19.1"),
    service("fraud-check", "payments", "risk", 6)
        .version("3.0.7", "3.0.6")
        .asks(600, 768)
        .scales(2, 6)
        .suffers(Trouble::AtMostReplicas),
    // What finds things.
    service("search-api", "search", "search", 10).version("5.6.2", "5.6.1").scales(6, 24),
    service("suggestions", "search", "search", 5).version("2.0.9", "2.0.8"),
    service("indexer", "search", "search", 6).version("5.6.2", "5.5.0").asks(400, 768).says(Voice::Worker),
    database("search-engine", "search", "search", 5, 200).version("8.11.3", "8.11.1").serves(9200),
    // What is kept.
    database("orders-db", "data", "data", 3, 500).version("17.5", "17.4").serves(5432),
    database("customers-db", "data", "data", 3, 250).version("17.5", "17.4").serves(5432),
    database("catalog-db", "data", "data", 3, 100).version("16.9", "16.8").serves(5432),
    database("analytics-db", "data", "analytics", 3, 1000)
        .version("25.3.2", "25.3.1")
        .serves(9000)
        .suffers(Trouble::WaitingVolume),
    database("broker", "data", "data", 5, 200).version("4.0.0", "3.9.1").serves(9092),
    cache("cache", "data", "data", 6),
    service("db-pool", "data", "data", 6).version("1.24.1", "1.24.0").serves(6432).asks(200, 128),
    // What runs by itself.
    batch("mail-sender", Deployment(6)).version("3.3.0", "3.2.9"),
    batch("feed-export", Deployment(4)).version("1.5.2", "1.5.1"),
    batch("thumbnailer", Deployment(6)).version("2.1.0", "2.0.6").suffers(Trouble::FullQuota),
    batch("model-training", Deployment(1)).version("0.9.1", "0.9.0").suffers(Trouble::Unschedulable),
    batch("price-sync", CronJob("*/5 * * * *", 45)).version("1.14.0", "1.13.2"),
    batch("cart-cleanup", CronJob("*/15 * * * *", 90)).version("5.0.3", "5.0.2"),
    batch("nightly-report", CronJob("30 2 * * *", 900)).version("2.4.1", "2.4.0"),
    batch("address-backfill", Job(4)).version("1.0.2", "1.0.1").suffers(Trouble::PastDeadline),
    batch("orders-migration", Job(3)).version("6.0.4", "6.0.3"),
    // What the teams stand on.
    platform("ingress-gateway", 6).version("1.13.1", "1.13.0").serves(8443).asks(300, 256).says(Voice::Access),
    platform("mesh-control", 3).version("1.26.2", "1.26.1").serves(15_012).asks(500, 1024),
    platform("cert-issuer", 2).version("1.18.2", "1.18.1").serves(9402),
    platform("deployer", 2).version("3.0.11", "3.0.9").serves(8082).asks(250, 512),
    platform("secret-sync", 2).version("0.17.0", "0.16.2").serves(8080),
    monitoring("metrics-store", StatefulSet(2, 400)).version("3.4.1", "3.4.0").serves(9090).asks(1000, 4096),
    monitoring("alert-router", StatefulSet(3, 5)).version("0.28.1", "0.28.0").serves(9093).asks(50, 64),
    monitoring("log-store", StatefulSet(3, 300)).version("3.5.1", "3.5.0").serves(3100).asks(500, 2048),
    monitoring("dashboards", Deployment(2)).version("12.0.2", "12.0.1").serves(3000).at("charts.shop.example.com"),
    monitoring("trace-collector", Deployment(3)).version("0.128.0", "0.127.0").serves(4317),
    monitoring("object-metrics", Deployment(1)).version("2.15.0", "2.14.0").serves(8080),
    monitoring("node-exporter", DaemonSet).version("1.9.1", "1.9.0").serves(9100).asks(50, 48),
    monitoring("log-agent", DaemonSet).version("4.0.3", "4.0.2").serves(2020).asks(100, 128),
    system("coredns", Deployment(2)).version("1.12.1", "1.12.0").serves(9153).asks(100, 70),
    system("metrics-server", Deployment(2)).version("0.9.0", "0.8.0").serves(10_250).asks(100, 200),
    system("csi-controller", Deployment(2)).version("1.45.0", "1.44.0").asks(50, 128),
    system("cluster-autoscaler", Deployment(1)).version("1.37.0", "1.36.1").serves(8085).asks(100, 300),
    system("kube-proxy", DaemonSet).version("1.37.2", "1.37.1").serves(10_249).asks(100, 64),
    system("network-agent", DaemonSet).version("1.17.4", "1.17.3").serves(9234).asks(100, 256),
    system("csi-node", DaemonSet).version("1.45.0", "1.44.0").serves(9808).asks(30, 64),
];

const fn service(name: &'static str, namespace: &'static str, team: &'static str, replicas: u32) -> App {
    App::new(name, namespace, team, Deployment(replicas)).serves(8080)
}

const fn web(name: &'static str, replicas: u32) -> App {
    service(name, "shop", "web", replicas).tier("frontend").says(Voice::Access)
}

const fn shop(name: &'static str, team: &'static str, replicas: u32) -> App {
    service(name, "shop", team, replicas)
}

const fn cache(name: &'static str, namespace: &'static str, team: &'static str, replicas: u32) -> App {
    let cache = App::new(name, namespace, team, StatefulSet(replicas, 8)).tier("data").version("8.0.2", "7.4.4");
    cache.serves(6379).asks(250, 1024).says(Voice::Database)
}

const fn database(name: &'static str, namespace: &'static str, team: &'static str, replicas: u32, gib: u32) -> App {
    let database = App::new(name, namespace, team, StatefulSet(replicas, gib)).tier("data");
    database.asks(1000, 4096).on(Pool::Data).says(Voice::Database)
}

const fn batch(name: &'static str, runs: Runs) -> App {
    App::new(name, "batch", "fulfilment", runs).tier("batch").asks(250, 384).on(Pool::Batch).says(Voice::Worker)
}

const fn platform(name: &'static str, replicas: u32) -> App {
    App::new(name, "platform", "platform", Deployment(replicas)).tier("platform").says(Voice::Control)
}

const fn monitoring(name: &'static str, runs: Runs) -> App {
    App::new(name, "monitoring", "observability", runs).tier("platform").says(Voice::Control)
}

const fn system(name: &'static str, runs: Runs) -> App {
    App::new(name, "kube-system", "platform", runs).tier("platform").says(Voice::Control)
}
