#!/usr/bin/env bash
# Opens the window on the sample case; without a screen, does the same job and keeps pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec .venv/bin/python -m app --sample
fi
echo "==> There is no screen here: running the sample case without a window."
.venv/bin/python -m app demo --out demo/
echo "==> The pictures and the times are in $PWD/demo/"
