#!/usr/bin/env bash
# Draws pictures of the pages before sample clusters, to be looked at.
source "$(dirname "$0")/env.sh"
scripts/browser.sh
exec cargo run --locked --quiet -p pilothouse-e2e --bin shots -- "$@"
