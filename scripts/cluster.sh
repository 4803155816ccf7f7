#!/usr/bin/env bash
# Starts the real control plane of the end-to-end tests, with nodes and workloads, until interrupted.
source "$(dirname "$0")/env.sh"
scripts/tools.sh
scripts/control-plane.sh >/dev/null
# A still one is filled with what the sample cluster has.
[[ " $* " != *" --still "* ]] || scripts/build.sh
exec cargo run --locked --quiet -p pilothouse-e2e --bin cluster -- "$@"
