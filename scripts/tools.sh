#!/usr/bin/env bash
# Installs what is missing to build: the pinned toolchain, the wasm target, trunk and a matching wasm-bindgen.
source "$(dirname "$0")/env.sh"

command -v rustup >/dev/null || fail "rustup is needed: install it as https://rustup.rs says, then run this again."
command -v cc >/dev/null || fail "a C compiler is needed: apt-get install build-essential"

if ! rustup run "$TOOLCHAIN" cargo clippy --version >/dev/null 2>&1 ||
   ! rustup run "$TOOLCHAIN" cargo fmt --version >/dev/null 2>&1 ||
   ! rustup target list --toolchain "$TOOLCHAIN" --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
  say "Installing Rust $TOOLCHAIN"
  rustup toolchain install "$TOOLCHAIN" --profile minimal -c clippy -c rustfmt -t wasm32-unknown-unknown
fi

# Without --locked: a registry mirror may lag behind a crate's own lock file. Outside the checkout, so that neither its
# workspace nor its target folder takes part.
install() {
  local crate=$1 version=$2 binary=$3
  local got
  got=$("$PILOTHOUSE_CACHE/tools/bin/$binary" --version 2>/dev/null | awk '{print $2}') || true
  [ "$got" = "$version" ] && return
  say "Installing $crate $version (once, a few minutes)"
  (cd / && CARGO_TARGET_DIR="$PILOTHOUSE_CACHE/tools/target" \
    cargo +"$TOOLCHAIN" install "$crate" --version "$version" --root "$PILOTHOUSE_CACHE/tools" --force)
  rm -rf "$PILOTHOUSE_CACHE/tools/target"
}
install wasm-bindgen-cli "$WASM_BINDGEN_VERSION" wasm-bindgen
install trunk "$TRUNK_VERSION" trunk
