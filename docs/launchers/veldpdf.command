#!/bin/sh
# Start veldpdf in the browser with a double click: macOS. The first time it sets everything up, which needs the
# internet and takes a minute; after that it starts at once. Nothing outside this folder is changed.
set -eu
cd "$(dirname "$0")/../.."
program=.venv/bin/veldpdf
if [ ! -x "$program" ] || ! .venv/bin/python -c "import docx, olefile, openpyxl, starlette, uvicorn" >/dev/null 2>&1; then
  if ! command -v python3 >/dev/null 2>&1; then
    echo "Python ontbreekt. Installeer het van https://www.python.org/downloads/ en dubbelklik opnieuw."
    echo "Python is missing. Install it from https://www.python.org/downloads/ and double-click again."
    printf 'Enter … '; read -r _
    exit 1
  fi
  echo "veldpdf wordt klaargezet; dit duurt een minuut … (veldpdf is being set up)"
  python3 -m venv .venv
  .venv/bin/python -m pip install -q '.[web,office,mail,crypto,shaping,svg]' || {
    echo "Dat lukte niet. Is er internet? (That failed. Is there internet?)"
    printf 'Enter … '; read -r _
    exit 1
  }
fi
exec "$program" web
