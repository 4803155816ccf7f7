# Sourced by every script: where the caches lie and which versions of the tools are used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PILOTHOUSE_CACHE="${PILOTHOUSE_CACHE:-$HOME/.cache/pilothouse}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PILOTHOUSE_CACHE/target}"
export PATH="$PILOTHOUSE_CACHE/tools/bin:$HOME/.cargo/bin:$PATH"

# Trunk bundles the app; wasm-bindgen must be of exactly the version in Cargo.lock.
TRUNK_VERSION=0.22.1
# Cuts the app in parts.
WASM_SPLIT_VERSION=0.2.4
TOOLCHAIN=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
WASM_BINDGEN_VERSION=$(grep -A1 '^name = "wasm-bindgen"$' Cargo.lock | sed -n 's/^version = "\(.*\)"/\1/p')

# The control plane that the end-to-end tests run against, all from the Go module proxy.
KUBERNETES_VERSION=v1.37.2
GO_VERSION=$(sed -n 's/^go //p' e2e/control-plane/kubernetes/go.mod)
CONTROL_PLANE_DIR="$PILOTHOUSE_CACHE/control-plane/$KUBERNETES_VERSION"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Whether packages may be installed here.
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
# install_packages PACKAGE…: one at a time, since the scripts run side by side.
install_packages() {
  say "Installing $*"
  mkdir -p "$PILOTHOUSE_CACHE"
  (
    flock 9
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y --no-install-recommends "$@"
  ) 9>"$PILOTHOUSE_CACHE/.apt.lock" >&2
}
