"""The console, deployed: two functions of one name and its `-act`, so that each knows the other's ARN from its own."""

from collections.abc import Mapping
from typing import Any

from why403.aws.incident_table import milliseconds, open_table
from why403.console import Consoles, act, look
from why403.environment import ConsoleEnvironment
from why403.iam.place import place_of
from why403.notices.load import NoticeMaker
from why403.notices.words import Language, word
from why403.page.widget import Frame, render_said

CLIENTS = ("dynamodb",)
ACTS = "-act"
"""How the name of the function that writes ends; infra/console.py gives them."""


def run_look(event: Mapping[str, Any], own_arn: str) -> str | dict[str, str]:
    """The widget's answer. Why403Error where the table cannot be read."""
    return look(event, _consoles(own_arn))


def run_act(event: Mapping[str, Any], own_arn: str) -> str:
    """The widget's answer once a form was applied. Why403Error where the table cannot be read or written."""
    return act(event, _consoles(own_arn))


def unavailable(own_arn: str) -> str:
    """The widget where no other can be shown."""
    language = Language(ConsoleEnvironment.read().language)
    return render_said(word("notices.page.console-unavailable", language), language, _frame(own_arn))


def _consoles(own_arn: str) -> Consoles:
    told = ConsoleEnvironment.read()
    table, language = open_table(told.table_name), Language(told.language)
    maker = NoticeMaker(table=table, place=place_of(own_arn), language=language)
    return Consoles(table=table, maker=maker, language=language, frame=_frame(own_arn), now=milliseconds())


def _frame(own_arn: str) -> Frame:
    name = own_arn.removesuffix(ACTS)
    return Frame(name, f"{name}{ACTS}" if ConsoleEnvironment.read().acting else "")
