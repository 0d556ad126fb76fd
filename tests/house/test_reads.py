"""What we ask of AWS is declared once, and role, doctor, documents and pace follow from that."""

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from why403.aws import log_groups, log_search
from why403.aws.granted_reads import granted_reads
from why403.aws.whoami import Identity
from why403.cli.doctor_permissions import check_permissions
from why403.iam.place import Place
from why403.reads import register

from tests.fakes.answers import FakeReader

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "functions" / "why403"


def test_an_operation_is_declared_once() -> None:
    declared = Counter(
        tuple(part.value for part in call.args[:2] if isinstance(part, ast.Constant))
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "DeclaredRead"
    )

    assert {operation for operation, number in declared.items() if number > 1} == set()


def test_every_read_that_a_stage_declares_can_be_asked_by_a_story() -> None:
    asked = """
from importlib import import_module
from pkgutil import walk_packages
import why403
from why403.aws.granted_reads import granted_reads
granted = set(granted_reads())
for module in walk_packages(why403.__path__, "why403."):
    if module.name != "why403.__main__":
        import_module(module.name)
print(sorted(f"{read.service}:{read.operation}" for read in set(granted_reads()) - granted))
"""
    ran = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT / "functions",
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "[]\n"


def test_the_doctor_looks_for_every_action_that_the_role_is_granted() -> None:
    reader: Any = FakeReader({"iam:SimulatePrincipalPolicy": {"data": {"EvaluationResults": []}}})
    place = Place("123456789012", "eu-west-1")
    role = "arn:aws:iam::123456789012:role/why403-diagnose"

    check_permissions(reader, Identity(role, place), role)

    looked_for = {action for read in reader.asked for action in read.parameters["ActionNames"]}
    assert looked_for == {action for read in granted_reads() for action in read.actions}


def test_what_only_a_person_asks_is_granted_to_no_function() -> None:
    granted = granted_reads()

    assert {log_groups.FILTERS, log_search.START, log_search.FILTER} & set(granted) == set()


def test_a_pace_is_set_for_operations_that_are_asked_alone() -> None:
    rates = json.loads((PACKAGE / "aws" / "rates.json").read_text("utf-8"))
    asked = {f"{read.service}:{read.operation}" for read in register()}

    assert set(rates) - asked == {"_default"}
