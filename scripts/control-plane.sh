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
# was told not to, as Debian's is; an older one is made to.
need_go() {
  if ! command -v go >/dev/null && may_install; then
    install_packages golang-go
  fi
  takes_modules && return
  export GOTOOLCHAIN=auto
  takes_modules && return
  newer_go
  takes_modules || fail "the end-to-end tests build a Kubernetes control plane, for which Go $GO_VERSION or newer is needed$(found_go): \
install it from https://go.dev/dl, or point KUBEBUILDER_ASSETS at a folder with etcd, kube-apiserver and kubectl and put the other \
programs into $CONTROL_PLANE_DIR."
}
# Go is published as a module too, of which an old Go can be asked. A module does not say which of its files are programs, and
# holds no go.mod but its own.
newer_go() {
  command -v go >/dev/null || return 0
  local home="$PILOTHOUSE_CACHE/tools/go-$GO_VERSION" from
  if [ ! -x "$home/bin/go" ]; then
    say "Fetching Go $GO_VERSION"
    from=$(cd / && go mod download -json "golang.org/toolchain@v0.0.1-go$GO_VERSION.$(go env GOOS)-$(go env GOARCH)") ||
      { echo "$from" >&2; return 0; }
    from=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$from")
    rm -rf "$home.part"
    mkdir -p "${home%/*}"
    cp -r "$from" "$home.part"
    chmod -R u+w "$home.part"
    chmod +x "$home.part"/bin/* "$home.part"/pkg/tool/*/*
    rm -rf "$home"
    [ -e "$home.part/src/go.mod" ] || cp "$home.part/src/_go.mod" "$home.part/src/go.mod"
    mv "$home.part" "$home"
  fi
  export PATH="$home/bin:$PATH"
}
takes_modules() { (cd e2e/control-plane/kubernetes && go list -m) >/dev/null 2>&1; }
found_go() { ! command -v go >/dev/null || echo " (there is $(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || echo another))"; }

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
