#!/usr/bin/env bash
# Installs what is missing to build: the pinned toolchain, the wasm target, trunk, a matching wasm-bindgen, wasm-split.
source "$(dirname "$0")/env.sh"

command -v rustup >/dev/null || fail "rustup is needed: install it as https://rustup.rs says, then run this again."
if ! command -v cc >/dev/null; then
  may_install || fail "a C compiler is needed: sudo apt-get install build-essential"
  install_packages build-essential
fi

if ! rustup run "$TOOLCHAIN" cargo clippy --version >/dev/null 2>&1 ||
   ! rustup run "$TOOLCHAIN" cargo fmt --version >/dev/null 2>&1 ||
   ! rustup target list --toolchain "$TOOLCHAIN" --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
  say "Installing Rust $TOOLCHAIN"
  rustup toolchain install "$TOOLCHAIN" --profile minimal -c clippy -c rustfmt -t wasm32-unknown-unknown
fi

# Without --locked: a registry mirror may lag behind a crate's own lock file. Outside the checkout, so that neither its
# workspace nor its target folder takes part.
install() {
  local crate=$1 version=$2
  shift 2
  grep -q "^\"$crate $version " "$PILOTHOUSE_CACHE/tools/.crates.toml" 2>/dev/null && return
  say "Installing $crate $version (once, a few minutes)"
  (cd / && CARGO_TARGET_DIR="$PILOTHOUSE_CACHE/tools/target" \
    cargo +"$TOOLCHAIN" install "$crate" --version "$version" --root "$PILOTHOUSE_CACHE/tools" --force "$@")
  rm -rf "$PILOTHOUSE_CACHE/tools/target"
}
install wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
install wasm_split_cli_support "$WASM_SPLIT_VERSION" --features build-binary
install trunk "$TRUNK_VERSION"

# Trunk builds offline, else it would look for tools of its own: what Cargo.lock names must be there.
cargo +"$TOOLCHAIN" fetch --locked --quiet
