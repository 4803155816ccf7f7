#!/usr/bin/env bash
# Called by Trunk when the app is built: cuts what `#[wasm_split]` marks out of the app's module, into files that are
# fetched later, and names every file that browsers may keep for ever after what is in it.
#
# Trunk has bundled and named the whole module. What is cut is other files, which change when Trunk's do not, so that under
# one name there would be one content before an upgrade and another after it: a browser would run the old glue with the new
# module.
source "$(dirname "$0")/env.sh"

app=pilothouse-frontend
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
mkdir "$parts/site"

wasm-split-cli --target web --out-name "$app" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/$app.wasm" "$parts/cut"
wasm-bindgen --target web --no-typescript --keep-lld-exports --remove-name-section --remove-producers-section \
  --out-dir "$parts/main" --out-name "$app" "$parts/cut/$app.wasm"

# The parts as they are before they have their names; they know each other by these.
mv "$parts/main/${app}_bg.wasm" "$parts/site"
names=()
for part in "$parts"/cut/split_*.wasm "$parts"/cut/chunk_*.wasm; do
  [ -e "$part" ] || continue
  name=$(basename "$part" .wasm)
  mv "$part" "$parts/site/${name//_/-}.wasm"
  names+=(-e "s#\./$name\.wasm#./${name//_/-}.wasm#")
done
sed "${names[@]}" "$parts/cut/__wasm_split.js" > "$parts/site/split.js"
# Only where it is imported from: the module knows it by its old name.
sed "/^import /s#\./__wasm_split\.js#./split.js#" "$parts/main/$app.js" > "$parts/site/$app.js"

hash_of() { cat "$@" | sha256sum | cut -c -16; }
# named NAME: a part's name with the hash of all parts, for example split-pages-0123456789abcdef.wasm.
named() { local stem=${1%%[._]*}; echo "$stem-$hash${1#"$stem"}"; }
# rename OLD NEW: what the page calls OLD it calls NEW.
rename() {
  grep -qF "$1" "$TRUNK_STAGING_DIR/index.html" || fail "index.html does not name $1"
  sed -i "s#${1//./\\.}#$2#g" "$TRUNK_STAGING_DIR/index.html"
}

# One hash, of all parts: a page that is open while a new version is put in place must not be given a part of that, and no part
# keeps its name when one beside it changes.
export LC_ALL=C
hash=$(hash_of "$parts"/site/*)
names=()
for part in "$parts"/site/*; do
  name=$(basename "$part")
  names+=(-e "s#\(['\"/]\)${name//./\\.}\(['\"]\)#\1$(named "$name")\2#g")
done
sed -i "${names[@]}" "$parts"/site/*.js
for kind in .js _bg.wasm; do
  staged=$(echo "$TRUNK_STAGING_DIR/$app"-*"$kind")
  rename "$(basename "$staged")" "$(named "$app$kind")"
  rm "$staged"
done
for part in "$parts"/site/*; do
  mv "$part" "$TRUNK_STAGING_DIR/$(named "$(basename "$part")")"
done

# The others stand alone. Trunk's own hash of them is of another kind, which nobody else computes.
for file in "$TRUNK_STAGING_DIR"/start-*.js "$TRUNK_STAGING_DIR"/app-*.css; do
  old=$(basename "$file")
  new=${old%-*}-$(hash_of "$file").${old##*.}
  rename "$old" "$new"
  [ "$old" = "$new" ] || mv "$file" "$TRUNK_STAGING_DIR/$new"
done
