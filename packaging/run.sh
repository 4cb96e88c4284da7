#!/usr/bin/env bash
# Opens the window on the sample case; without a screen, does the same job and keeps pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

# The program's own test also notices a DISPLAY that nobody serves, and knows macOS.
if .venv/bin/python -c 'import sys; from app.display import has_display; sys.exit(not has_display())'; then
  exec .venv/bin/python -m app --sample
fi
echo "==> There is no screen here: running the sample case without a window."
.venv/bin/python -m app demo --out demo/
echo "==> The pictures and the times are in $PWD/demo/"
