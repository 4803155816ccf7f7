#!/usr/bin/env bash
# Called by Trunk when the app is built: cuts what `#[wasm_split]` marks out of the app's module, into files that are
# fetched later. Trunk has bundled the whole module; its files are replaced by the smaller ones under the same names.
source "$(dirname "$0")/env.sh"

staged=$(basename "$TRUNK_STAGING_DIR"/pilothouse-frontend-*_bg.wasm _bg.wasm)
module=$(basename "$TRUNK_STAGING_DIR"/pilothouse-frontend-*.js .js)
hash=${staged##*-}
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

wasm-split-cli --target web --out-name "$module" \
  "$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/pilothouse-frontend.wasm" "$parts"
wasm-bindgen --target web --no-typescript --keep-lld-exports --remove-name-section --remove-producers-section \
  --out-dir "$parts/main" --out-name "$module" "$parts/$module.wasm"
mv "$parts/main/${module}_bg.wasm" "$TRUNK_STAGING_DIR/${staged}_bg.wasm"
# Only where it is imported from: the module knows it by its old name.
sed "/^import /s#__wasm_split\.js#split-$hash.js#" "$parts/main/$module.js" > "$TRUNK_STAGING_DIR/$module.js"

# The parts carry the hash too: a page that is open while a new version is put in place must not be given a part of that.
names=()
for part in "$parts"/split_*.wasm "$parts"/chunk_*.wasm; do
  [ -e "$part" ] || continue
  name=$(basename "$part" .wasm)
  mv "$part" "$TRUNK_STAGING_DIR/${name//_/-}-$hash.wasm"
  names+=(-e "s#\./$name\.wasm#./${name//_/-}-$hash.wasm#")
done
sed "${names[@]}" "$parts/__wasm_split.js" > "$TRUNK_STAGING_DIR/split-$hash.js"
