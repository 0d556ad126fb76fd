#!/usr/bin/env bash
# Pins requirements*.txt and functions/requirements.txt (hashed, for the functions' own platform).
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { .venv/bin/uv pip compile --quiet --no-emit-index-url --no-emit-find-links --no-header --upgrade "$@"; }
lock --python-version 3.13 --python-platform aarch64-manylinux_2_28 --generate-hashes \
  functions/requirements.in -o functions/requirements.txt
lock --python-version 3.11 requirements.in -o requirements.txt
lock --python-version 3.11 requirements-dev.in -o requirements-dev.txt
