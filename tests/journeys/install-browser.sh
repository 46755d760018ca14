#!/bin/sh
# Finds a Chromium for the browser journeys, or installs Debian's where that is allowed.
set -u
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
run=""
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run="sudo -n"; else run="none"; fi
fi
if [ "$run" != "none" ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser journeys"
  $run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null && exit 0
fi
echo "No Chromium was found and none can be installed here: the browser journeys will be left out." >&2
exit 1
