#!/usr/bin/env bash
# Makes sure that Chromium and its driver are there for the tests in the browser; installs them where it may.
source "$(dirname "$0")/env.sh"

missing=()
for program in chromium chromedriver; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit

# Debian splits the driver off; Ubuntu's packages of these names only point at a snap, which brings both.
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  fail "the tests in the browser need ${missing[*]}: sudo apt-get install chromium chromium-driver"
fi
say "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
apt-get install -q -y --no-install-recommends chromium chromium-driver fonts-dejavu-core >&2
for program in "${missing[@]}"; do
  command -v "$program" >/dev/null || fail "$program is still missing after apt-get install chromium chromium-driver"
done
