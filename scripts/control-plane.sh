#!/usr/bin/env bash
# Builds the real control plane for the end-to-end tests and caches its binaries; prints the folder that holds them.
# With KUBEBUILDER_ASSETS (envtest's convention) the etcd, kube-apiserver and kubectl found there are used.
source "$(dirname "$0")/env.sh"

mkdir -p "$CONTROL_PLANE_DIR"

# build BINARY MODULE PACKAGE [LDFLAGS]: a binary that is there already is kept.
build() {
  local binary=$1 module=$2 package=$3 ldflags=${4:-}
  [ -x "$CONTROL_PLANE_DIR/$binary" ] && return
  command -v go >/dev/null || fail "Go 1.26 or newer is needed to build $binary for the end-to-end tests."
  say "Building $binary (once, some minutes)"
  (cd "e2e/control-plane/$module" && CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath \
    -ldflags "-s -w $ldflags" -o "$CONTROL_PLANE_DIR/$binary.part" "$package")
  mv "$CONTROL_PLANE_DIR/$binary.part" "$CONTROL_PLANE_DIR/$binary"
}

version="-X k8s.io/component-base/version.gitVersion=$KUBERNETES_VERSION"
build etcd etcd go.etcd.io/etcd/server/v3
build kube-apiserver kubernetes k8s.io/kubernetes/cmd/kube-apiserver "$version"
build kubectl kubernetes k8s.io/kubernetes/cmd/kubectl "$version"
build kube-controller-manager kubernetes k8s.io/kubernetes/cmd/kube-controller-manager "$version"
build kube-scheduler kubernetes k8s.io/kubernetes/cmd/kube-scheduler "$version"
build kwok kwok sigs.k8s.io/kwok/cmd/kwok
build metrics-server metrics-server sigs.k8s.io/metrics-server/cmd/metrics-server
echo "$CONTROL_PLANE_DIR"
