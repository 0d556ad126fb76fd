"""`why403 check`: before a change lands, the calls that incidents know against the policies as they would be."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from why403.cli.evaluate import read_request
from why403.cli.export import NO_SAY, exported
from why403.cli.options import credentials
from why403.cli.stored import open_stored
from why403.cli.terminal import json_line
from why403.errors import SettingsError
from why403.notices.inert import one_line
from why403.sources.assembly import read_assembly
from why403.sources.cloudformation import DeployPlace, read_cloudformation
from why403.sources.planned import Planned
from why403.sources.replay import CallVerdict, Expected, KnownCall, Replay, Replayed, counted
from why403.sources.reports import junit, sarif, title
from why403.sources.template import text_of
from why403.sources.terraform import read_plan

PASSED, FAILED = 0, 1
"""Exit statuses: a pipeline stops at 1."""
NO_CALLS = "0 calls: no incident was resolved or expected yet, so nothing was checked"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
EXAMPLES = """\
\b
examples:
  why403 export why403 > incidents.jsonl
  why403 check --template template.yaml --requests incidents.jsonl
  terraform show -json plan.tfplan > plan.json
  why403 check --plan plan.json --requests incidents.jsonl --sarif why403.sarif
\b
exit status: 0 nothing fails (what is unknown is said), 1 a call fails, or is unknown under --strict, or all are,
2 usage or a file that cannot be read, 3 the stack's incidents could not be read"""


@click.command("check", epilog=EXAMPLES)
@click.option("--plan", type=FILE, help="What `terraform show -json` prints of a plan.")
@click.option("--template", type=FILE, help="A CloudFormation or SAM template, JSON or YAML.")
@click.option(
    "--cdk-out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="What cdk synth wrote."
)
@click.option("--before", type=FILE, help="The template as it stands today, for comparison.")
@click.option("--requests", type=FILE, help="Calls, as `why403 export` writes them.")
@click.option("--incidents", metavar="STACK", default="", help="The incidents of a deployed why403.")
@click.option("--stack-name", default="", help="The name that the template is deployed under.")
@click.option(
    "--stack-resources", type=FILE, help="What `aws cloudformation describe-stack-resources` prints."
)
@click.option("--account", default="", help="The account to deploy to; default: that of the calls.")
@click.option("--strict", is_flag=True, help="What is unknown fails too.")
@click.option("--json", "as_json", is_flag=True, help="One object a call, as JSON Lines.")
@click.option("--junit", "junit_file", type=OUT, help="Write JUnit XML there as well.")
@click.option("--sarif", "sarif_file", type=OUT, help="Write SARIF 2.1.0 there as well.")
@credentials
def command(
    plan: Path | None,
    template: Path | None,
    cdk_out: Path | None,
    before: Path | None,
    requests: Path | None,
    incidents: str,
    stack_name: str,
    stack_resources: Path | None,
    account: str,
    region: str,
    *,
    strict: bool,
    as_json: bool,
    junit_file: Path | None,
    sarif_file: Path | None,
) -> int:
    """Replay known calls against a plan, template or cloud assembly: fail where it denies what was mended."""
    if sum(each is not None for each in (plan, template, cdk_out)) != 1:
        raise click.UsageError("give one of --plan, --template and --cdk-out")
    if (requests is None) == (not incidents):
        raise click.UsageError("give one of --requests and --incidents")
    calls = _of_file(requests) if requests else _kept(incidents, region)
    place = _place(calls, account, region, stack_name, stack_resources)
    today, planned = _sources(plan, template, cdk_out, before, place)
    if not place.account and len(_accounts(calls)) > 1:
        planned.notes.append(
            "calls of several accounts: give --account, or a role is taken by its name alone"
        )
    found = Replay(today, planned).replay(calls)
    for path, text in ((junit_file, junit(found)), (sarif_file, sarif(found))):
        if path is not None:
            path.write_text(text, "utf-8")
    print("\n".join(json_line(_object(each)) for each in found) if as_json else _text(found, planned))
    numbers = counted(found)
    nothing_checked = bool(found) and numbers[CallVerdict.UNKNOWN] == len(found)
    fails = numbers[CallVerdict.FAILED] or (strict and numbers[CallVerdict.UNKNOWN]) or nothing_checked
    return FAILED if fails else PASSED


def _of_file(path: Path) -> tuple[KnownCall, ...]:
    """The calls of a file; none of an empty one, which `why403 export` writes while nothing was resolved yet."""
    raw = path.read_bytes()
    return read_calls(text_of(raw, str(path)), str(path)) if raw.strip() else ()


def read_calls(text: str, name: str) -> tuple[KnownCall, ...]:
    """The calls of JSON Lines. SettingsError names the first line that is none."""
    # Not splitlines(): U+2028 and the like end no line of JSON.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return tuple(_call(line, f"{name}, line {number}") for number, line in lines)


def _call(line: str, where: str) -> KnownCall:
    try:
        written = json.loads(line)
        return _known(written)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(f"{where} is no call: {type(error).__name__}: {str(error)[:200]}") from None


def _known(written: Mapping[str, Any]) -> KnownCall:
    if not isinstance(written, Mapping) or not isinstance(written.get("request"), Mapping):
        raise TypeError("an object with a `request` is one, a line each")
    return KnownCall(
        id=str(written.get("id") or ""),
        request=read_request(written["request"]),
        expected=Expected(written.get("expectation", "allow")),
        words=str(written.get("words") or ""),
        resource_read=written.get("resource_policy") == NO_SAY,
    )


def _kept(stack: str, region: str) -> tuple[KnownCall, ...]:
    return tuple(map(_known, exported(open_stored(stack, region))))


def _place(
    calls: Iterable[KnownCall], account: str, region: str, stack: str, resources: Path | None
) -> DeployPlace:
    """Where a template would go; account and Region are those of the calls where all agree."""
    arns = [arn for call in calls for arn in (call.request.principal, call.request.resource)]
    parsed = [parts for arn in arns if len(parts := arn.split(":", 5)) > 5]  # noqa: PLR2004  # an ARN has six
    partitions, regions, accounts = ({parts[at] for parts in parsed if parts[at]} for at in (1, 3, 4))
    return DeployPlace(
        account=account or (accounts.pop() if len(accounts) == 1 else ""),
        region=region or (regions.pop() if len(regions) == 1 else ""),
        partition=partitions.pop() if len(partitions) == 1 else "aws",
        stack=stack,
        physical=_physical(resources) if resources else {},
        seen=frozenset(part for arn in arns for part in re.split("[:/]", arn)),
    )


def _accounts(calls: Iterable[KnownCall]) -> set[str]:
    parsed = (call.request.principal.split(":") for call in calls)
    return {parts[4] for parts in parsed if len(parts) > 5 and parts[4]}  # noqa: PLR2004  # an ARN has six


def _physical(path: Path) -> Mapping[str, str]:
    try:
        told = json.loads(text_of(path.read_bytes(), str(path)))
        listed = told.get("StackResources") or told["StackResourceSummaries"]
        return {
            each["LogicalResourceId"]: _name(each["PhysicalResourceId"])
            for each in listed
            if each.get("PhysicalResourceId")
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} is no list of stack resources: {error}") from None


def _name(physical: str) -> str:
    return physical.rpartition("/")[2] if physical.startswith("https://") else physical


def _sources(
    plan: Path | None, template: Path | None, cdk_out: Path | None, before: Path | None, place: DeployPlace
) -> tuple[Planned | None, Planned]:
    today = read_cloudformation(before.read_bytes(), str(before), place) if before else None
    if plan is not None:
        return read_plan(plan.read_bytes(), str(plan))
    if template is not None:
        return today, read_cloudformation(template.read_bytes(), str(template), place)
    return today, read_assembly(Path(str(cdk_out)), place)


def _object(each: Replayed) -> dict[str, Any]:
    return {
        "id": each.call.id,
        "verdict": each.verdict.value,
        "expectation": each.call.expected.value,
        "reason": _shown(each.reason),
        "address": _shown(each.address) or None,
        "statement": each.statement or None,
        "widened": [_shown(one) for one in each.widened],
    }


def _shown(text: str) -> str:
    return one_line(text.replace("\0", "…"), 500)


def _text(found: tuple[Replayed, ...], planned: Planned) -> str:
    numbers = counted(found)
    lines = [f"note     {_shown(note)}" for note in dict.fromkeys(planned.notes)]
    for each in found:
        if each.verdict is not CallVerdict.PASSED:
            lines.append(f"{each.verdict.value:8} {title(each)}\n         {_shown(each.reason)}")
            lines += [f"         {_shown(each.address)}"] if each.address else []
            lines += [f"         {_shown(each.call.words)}"] if each.call.words else []
    for each in found:
        lines += [f"widened  {_shown(one)}\n         beside {title(each)}" for one in each.widened]
    counts = ", ".join(f"{number} {verdict.value}" for verdict, number in numbers.items())
    if not found:
        return "\n".join([*lines, NO_CALLS])
    if numbers[CallVerdict.UNKNOWN] == len(found):
        counts += ": nothing was checked, which fails"
    return "\n".join([*lines, f"{len(found)} call{'' if len(found) == 1 else 's'}: {counts}"])
