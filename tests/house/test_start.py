"""A function makes its clients while Lambda starts it, and nothing at import anywhere else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLERS = sorted(path.stem for path in (ROOT / "functions").glob("*.py"))
MADE = """
import json
from importlib import import_module
for handler in {handlers}:
    import_module(handler)
from why403.aws import session
made = [session._acting()._made, session.reading_clients()._made]
print(json.dumps([sorted(name for name, _ in clients) for clients in made]))
"""
LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "why403", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}


def made_by_import(handlers: list[str], **environment: str) -> tuple[list[str], list[str]]:
    """The clients for our own resources, and those for reading."""
    ran = subprocess.run(
        [sys.executable, "-c", MADE.format(handlers=handlers)],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    acting, reading = json.loads(ran.stdout)
    return acting, reading


def test_nothing_is_made_where_no_function_starts() -> None:
    assert made_by_import(HANDLERS) == ([], [])


@pytest.mark.parametrize(("handler", "reads"), [("triage", False), ("diagnose", True)])
def test_what_every_call_needs_is_made_while_the_function_starts(handler: str, *, reads: bool) -> None:
    acting, reading = made_by_import([handler], **LAMBDA, **KEYS)

    assert "dynamodb" in acting
    assert ("iam" in reading) is reads


@pytest.mark.parametrize("handler", HANDLERS)
def test_each_handler_starts_its_function(handler: str) -> None:
    deployed = handler.removesuffix("_act")  # the console's two functions are one deployment
    assert f"start({deployed}.CLIENTS" in (ROOT / "functions" / f"{handler}.py").read_text("utf-8")
