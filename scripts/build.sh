#!/usr/bin/env bash
# Builds the app into dist/ and the release binary, with the app inside, into out/pilothouse.
source "$(dirname "$0")/env.sh"
scripts/tools.sh

say "Building the app"
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
trunk build --offline --locked --quiet --dist "$built/dist"
# What is the same as before keeps its time, else cargo would build pilothouse anew, which takes minutes.
if ! diff -rq -x .trunk-lock "$built/dist" dist >/dev/null 2>&1; then
  rm -rf dist
  mv "$built/dist" dist
fi

say "Building pilothouse"
PILOTHOUSE_DIST="$PWD/dist" cargo build --locked --release -p pilothouse
mkdir -p out
# Replaced, not overwritten: one that is running keeps its file.
cp "$CARGO_TARGET_DIR/release/pilothouse" out/pilothouse.part
mv out/pilothouse.part out/pilothouse
