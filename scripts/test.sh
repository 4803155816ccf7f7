#!/usr/bin/env bash
# Runs every test, goes on after a failure, and closes with a line of totals. `scripts/test.sh NAME…` runs the steps named.
source "$(dirname "$0")/env.sh"

log=$(mktemp)
trap 'rm -f "$log" "${logs[@]}"; jobs -p | xargs -r kill 2>/dev/null' EXIT
passed=0 failed=0 broken=()
declare -A pids=() logs=()
wanted=("$@")

# step NAME COMMAND…: a step that runs no counted test counts as one itself.
step() {
  local name=$1
  shift
  if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
  say "== $name"
  local began=$SECONDS status=0
  "$@" 2>&1 | tee "$log" || status=$?
  local p f
  p=$(sed -n 's/.*test result: .* \([0-9]*\) passed;.*/\1/p' "$log" | awk '{s+=$1} END {print s+0}')
  f=$(sed -n 's/.*test result: .* \([0-9]*\) failed;.*/\1/p' "$log" | awk '{s+=$1} END {print s+0}')
  if [ $((p + f)) -eq 0 ] || { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; }; then
    if [ "$status" -eq 0 ]; then p=$((p + 1)); else f=$((f + 1)); fi
  fi
  passed=$((passed + p)) failed=$((failed + f))
  [ "$status" -eq 0 ] || broken+=("$name")
  say "== $name: $([ "$status" -eq 0 ] && echo ok || echo FAILED), $p passed, $f failed, $((SECONDS - began)) s"
}

# begin NAME COMMAND…: starts a step whose linking leaves a core idle; `finish NAME` waits for it and counts it.
begin() {
  local name=$1
  shift
  if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
  logs[$name]=$(mktemp)
  "$@" >"${logs[$name]}" 2>&1 &
  pids[$name]=$!
}
finish() {
  local status=0
  [ -z "${pids[$1]:-}" ] || wait "${pids[$1]}" || status=$?
  step "$1" finished "$1" "$status"
}
finished() { cat "${logs[$1]}"; return "$2"; }

browser_tests() {
  CHROMEDRIVER=$(command -v chromedriver) WASM_BINDGEN_TEST_TIMEOUT=120 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    cargo test --locked -p pilothouse-frontend --target wasm32-unknown-unknown
}

begin control-plane scripts/control-plane.sh
scripts/tools.sh
# CI tries the same random cases each time, so that a change is not held up by what an older one left; elsewhere they are new.
[ -z "${CI:-}" ] || export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261123}"
native=(--workspace --exclude pilothouse-frontend)
step format cargo fmt --all --check
begin build scripts/build.sh
# The app is on its way: the proxy's own tests do without it, and take a folder that holds none.
export PILOTHOUSE_DIST=proxy/tests
step lints-native cargo clippy --locked "${native[@]}" --all-targets -- -D warnings
step lints-wasm cargo clippy --locked -p pilothouse-frontend --target wasm32-unknown-unknown --all-targets -- -D warnings
step unit cargo test --locked -p pilothouse-model -p pilothouse -p pilothouse-demo
step without-demo cargo check --locked -p pilothouse --no-default-features
step architecture cargo test --locked -p pilothouse-e2e --lib --test architecture
step browser-install scripts/browser.sh
step browser browser_tests
finish build
# What the binary that people run has inside it.
step embedded env PILOTHOUSE_PROGRAM="$PWD/out/pilothouse" cargo test --locked -p pilothouse --test proxy embedded
finish control-plane
step conformance cargo test --locked -p pilothouse-e2e --test conformance -- --nocapture
step stories cargo test --locked -p pilothouse-e2e --test stories

[ ${#broken[@]} -eq 0 ] || say "Failed: ${broken[*]}"
# Alone on the last line, as runners read it.
echo "$passed passed, $failed failed"
[ ${#broken[@]} -eq 0 ]
