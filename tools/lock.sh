#!/usr/bin/env bash
# Pins every package with its hash: requirements*.txt, the functions' own for their platform, npm's by lockfile.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/no_credentials.sh
lock() { .venv/bin/uv pip compile --quiet --no-emit-index-url --no-emit-find-links --no-header --upgrade "$@"; }
lock --python-version 3.13 --python-platform aarch64-manylinux_2_28 --generate-hashes \
  functions/requirements.in -o functions/requirements.txt
for name in requirements requirements-dev; do
  lock --universal --python-version 3.11 --generate-hashes "$name.in" -o "$name.txt"
done
lock --universal --python-version 3.11 --generate-hashes --no-deps demo/requirements.in -o demo/requirements.txt
for tool in cdk browser; do
  (cd "tools/$tool" && PATH="$OLDPWD/.venv/bin:$PATH" npm install --silent --package-lock-only --ignore-scripts --no-audit --no-fund)
done
