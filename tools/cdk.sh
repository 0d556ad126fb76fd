#!/usr/bin/env bash
# Prints the path of the CDK's command line, put into tools/cdk/node_modules as its lockfile says.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/no_credentials.sh
cdk=$PWD/tools/cdk/node_modules/aws-cdk/bin/cdk
kept=tools/cdk/node_modules/.package-lock.json
for place in .venv-deploy .venv; do PATH="$PWD/$place/bin:$PATH"; done
if ! [ -x "$cdk" ] || [ tools/cdk/package-lock.json -nt "$kept" ]; then
  npm ci --silent --ignore-scripts --no-audit --no-fund --prefix tools/cdk >&2
fi
echo "$cdk"
