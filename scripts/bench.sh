#!/usr/bin/env bash
# Measures pilothouse beside kubectl proxy and nginx in front of the same upstream, and prints the table.
source "$(dirname "$0")/env.sh"
scripts/control-plane.sh >/dev/null
if ! command -v nginx >/dev/null; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "nginx is needed for the comparison: apt-get install nginx-light"
  say "Installing nginx"
  apt-get update -qq && apt-get install -y -qq nginx-light >/dev/null
fi
exec cargo run --locked --release --quiet -p pilothouse-e2e --bin bench -- "$@"
