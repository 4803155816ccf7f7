#!/usr/bin/env bash
# Makes sure that Chromium and its driver are there for the tests in the browser; installs them where it may.
source "$(dirname "$0")/env.sh"

missing=()
for program in chromium chromedriver; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit

# Ubuntu's packages of these names only point at a snap, which cannot see the folders that the tests give to their browsers.
if [ "$(. /etc/os-release 2>/dev/null && echo "${ID:-}")" = ubuntu ]; then
  fail "the tests in the browser need ${missing[*]}. On Ubuntu Chromium is a snap, with which they do not work: put a Chromium or \
Chrome that is none into the PATH as chromium, and its driver as chromedriver, for example from \
https://googlechromelabs.github.io/chrome-for-testing"
fi
# Debian splits the driver off.
may_install || fail "the tests in the browser need ${missing[*]}: sudo apt-get install chromium chromium-driver"
install_packages chromium chromium-driver fonts-dejavu-core
for program in "${missing[@]}"; do
  command -v "$program" >/dev/null || fail "$program is still missing after apt-get install chromium chromium-driver"
done
