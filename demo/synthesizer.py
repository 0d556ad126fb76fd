"""Synthesizes the app in the current folder once for each folder named on standard input: the CDK is loaded only once."""

import functools
import runpy
import sys

import aws_cdk


def main() -> None:
    """Answer each line with `done` once its cloud assembly is written."""
    whole = aws_cdk.App
    for line in sys.stdin:
        made = functools.partial(whole, outdir=line.strip(), analytics_reporting=False)
        aws_cdk.App = made  # type: ignore[misc,assignment]
        runpy.run_path("app.py", run_name="__main__")
        print("done", flush=True)


if __name__ == "__main__":
    main()
