#!/usr/bin/env bash
# Prints the path of a Chromium for the page's tests: the machine's own, else one from npm, put into .venv/browser.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name"; then exit 0; fi
done
place=$PWD/.venv/browser
start=$place/start
if [ ! -x "$start" ]; then
  export PATH="$PWD/.venv/bin:$PATH"
  mkdir -p "$place/unpacked"
  npm install --silent --no-audit --no-fund --no-save --prefix "$place" @sparticuz/chromium@147.0.0 >&2
  # The package brings the libraries and fonts that a bare machine lacks, and unpacks them where it believes to be in AWS Lambda.
  binary=$(cd "$place" && TMPDIR=$place/unpacked AWS_EXECUTION_ENV=AWS_Lambda_nodejs22.x AWS_LAMBDA_JS_RUNTIME=nodejs22.x \
    node --input-type=module -e 'import c from "@sparticuz/chromium"; console.log(await c.executablePath())')
  cat > "$start" <<WRAPPER
#!/bin/sh
here=$place/unpacked
if ldd "$binary" 2>/dev/null | grep -q "not found"; then
  export LD_LIBRARY_PATH="\$here/al2023/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
fi
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="\$here/fonts"
exec "$binary" "\$@"
WRAPPER
  chmod +x "$start"
fi
echo "$start"
