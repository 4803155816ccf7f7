#!/usr/bin/env bash
# Builds the real control plane for the end-to-end tests and caches its binaries; prints the folder that holds them.
# With KUBEBUILDER_ASSETS (envtest's convention) the etcd, kube-apiserver and kubectl found there are used instead:
# nothing is ever written there, and only what it lacks is built.
source "$(dirname "$0")/env.sh"

mkdir -p "$CONTROL_PLANE_DIR"

# One build at a time: a second caller waits here and then finds everything done.
exec 9>"$CONTROL_PLANE_DIR/.lock"
flock 9

# Go of a version that the modules take. From 1.21 on it fetches a newer one by itself where a module asks for that, unless it
# was told not to, as Debian's is.
need_go() {
  if ! command -v go >/dev/null && may_install && packaged_go; then
    install_packages golang-go
  fi
  takes_modules && return
  export GOTOOLCHAIN=auto
  takes_modules || fail "the end-to-end tests build a Kubernetes control plane, for which Go $GO_VERSION or newer is needed$(found_go): \
install it from https://go.dev/dl, or point KUBEBUILDER_ASSETS at a folder with etcd, kube-apiserver and kubectl and put the other \
programs into $CONTROL_PLANE_DIR."
}
takes_modules() { (cd e2e/control-plane/kubernetes && go list -m) >/dev/null 2>&1; }
found_go() { ! command -v go >/dev/null || echo " (there is $(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || echo another))"; }
# Whether the packaged Go is one that fetches newer ones.
packaged_go() {
  local version
  version=$(apt-cache policy golang-go 2>/dev/null | sed -n 's/^ *Candidate: \(.*:\)\?\([0-9.]*\).*/\2/p')
  [ -n "$version" ] && [ "$(printf '%s\n' 1.21 "$version" | sort -V | head -n 1)" = 1.21 ]
}

# build BINARY MODULE PACKAGE [LDFLAGS]: a binary that is there already is kept.
build() {
  local binary=$1 module=$2 package=$3 ldflags=${4:-}
  [ -x "$CONTROL_PLANE_DIR/$binary" ] && return
  [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -x "$KUBEBUILDER_ASSETS/$binary" ] && return
  need_go
  say "Building $binary (once, some minutes)"
  (cd "e2e/control-plane/$module" && CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath \
    -ldflags "-s -w $ldflags" -o "$CONTROL_PLANE_DIR/$binary.part" "$package")
  mv "$CONTROL_PLANE_DIR/$binary.part" "$CONTROL_PLANE_DIR/$binary"
}

# The stages that make kwok play nodes and pods, and the metrics it serves, lie in its own module.
copy_stages() {
  [ -d "$CONTROL_PLANE_DIR/stages" ] && return
  need_go
  local kwok
  (cd e2e/control-plane/kwok && go mod download sigs.k8s.io/kwok)
  kwok=$(cd e2e/control-plane/kwok && go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize
  rm -rf "$CONTROL_PLANE_DIR/stages.part"
  mkdir "$CONTROL_PLANE_DIR/stages.part"
  cp "$kwok"/stage/node/fast/node-initialize.yaml "$kwok"/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml \
    "$kwok"/stage/pod/fast/pod-{ready,complete,delete}.yaml "$kwok"/metrics/resource/metrics-resource.yaml "$CONTROL_PLANE_DIR/stages.part"
  chmod -R u+w "$CONTROL_PLANE_DIR/stages.part"
  mv "$CONTROL_PLANE_DIR/stages.part" "$CONTROL_PLANE_DIR/stages"
}

version="-X k8s.io/component-base/version.gitVersion=$KUBERNETES_VERSION"
build etcd etcd go.etcd.io/etcd/server/v3
build kube-apiserver kubernetes k8s.io/kubernetes/cmd/kube-apiserver "$version"
build kubectl kubernetes k8s.io/kubernetes/cmd/kubectl "$version"
build kube-controller-manager kubernetes k8s.io/kubernetes/cmd/kube-controller-manager "$version"
build kube-scheduler kubernetes k8s.io/kubernetes/cmd/kube-scheduler "$version"
build kwok kwok sigs.k8s.io/kwok/cmd/kwok
build metrics-server metrics-server sigs.k8s.io/metrics-server/cmd/metrics-server
copy_stages
echo "$CONTROL_PLANE_DIR"
