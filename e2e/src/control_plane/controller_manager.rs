//! kube-controller-manager, with the controllers that workloads and nodes need.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::binaries::Binaries;
use super::pki::Pki;
use crate::process::Process;

/// Without the eviction of pods from troubled nodes (they are to stay and be seen) and what a cluster of this size never uses.
const CONTROLLERS: &str = "deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller,\
    job-controller,cronjob-controller,namespace-controller,garbage-collector-controller,node-lifecycle-controller,\
    pod-garbage-collector-controller,disruption-controller,clusterrole-aggregation-controller,endpointslice-controller";

/// Starts it as an administrator.
pub fn start(binaries: &Binaries, folder: &Path, kubeconfig: &Path, pki: &Pki) -> Result<Process> {
    let mut command = Command::new(binaries.program("kube-controller-manager"));
    command
        .arg(format!("--kubeconfig={}", kubeconfig.display()))
        .arg(format!("--controllers={CONTROLLERS}"))
        .arg(format!("--service-account-private-key-file={}", pki.service_account.key.display()))
        .args(["--leader-elect=false", "--secure-port=0", "--use-service-account-credentials=false"])
        .args(["--kube-api-qps=500", "--kube-api-burst=1000", "--concurrent-replicaset-syncs=10", "--v=1"]);
    Process::start("kube-controller-manager", &command, folder)
}
