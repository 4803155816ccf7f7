#!/usr/bin/env bash
# Builds the app into dist/ and the release binary, with the app inside, into out/pilothouse.
source "$(dirname "$0")/env.sh"
scripts/tools.sh

say "Building the app"
trunk build --offline --locked --quiet

say "Building pilothouse"
PILOTHOUSE_DIST="$PWD/dist" cargo build --locked --release -p pilothouse
mkdir -p out
# Replaced, not overwritten: one that is running keeps its file.
cp "$CARGO_TARGET_DIR/release/pilothouse" out/pilothouse.part
mv out/pilothouse.part out/pilothouse
