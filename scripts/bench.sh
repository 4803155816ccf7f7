#!/usr/bin/env bash
# Measures: `proxies` pilothouse beside kubectl proxy and nginx, `tab` the app with a large cluster beside curl and kubectl,
# `updates` the app under many changes a second, `paint` single frames, `demo` the demo cluster. Prints a table of each.
source "$(dirname "$0")/env.sh"
scripts/control-plane.sh >/dev/null
[[ "${1:-}" = proxies || "${1:-}" = demo ]] || scripts/browser.sh
if [ "${1:-}" = proxies ] && ! command -v nginx >/dev/null; then
  may_install || fail "nginx is needed for the comparison: sudo apt-get install nginx-light"
  install_packages nginx-light
fi
exec cargo run --locked --release --quiet -p pilothouse-e2e --bin bench -- "$@"
