"""The demo told step by step: a real denial, the message, its source fixed and deployed, the call that goes through."""

import difflib
import gzip
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from demo.application import Application
from demo.deploy import deploy, synthesize
from demo.emulator import Emulator, emulator
from demo.further_cases import GROUPS, Case, NotDeniedError, create_cases, provoke_case
from demo.incident import LOG_GROUP, TASK_ROLE, Incident, create_incident
from demo.repository import Repository
from demo.slack_sink import Message, SlackSink, slack_sink

STACK = "why403"
MESSAGE_WITHIN = 90
"""Seconds: mostly ten, a cold function on a busy machine several times that."""
RESOLVED_WITHIN = 60
"""Seconds: the recheck is invoked again and again within them, each run some three."""
SETTLES = 2
"""Seconds, as AWS's own changes take to be in force: the embedded account's are at once."""
RESOLVED = "✅"
"""How a message about a resolved incident begins, in every language."""

Say = Callable[[str], None]


class DemoError(Exception):
    """A step did not do what it should: says which, and what was seen instead."""


@dataclass(frozen=True)
class World:
    """Everything that runs: the account, the application in it, why403 deployed beside it, Slack's place."""

    account: Emulator
    incident: Incident
    application: Application
    sink: SlackSink
    outputs: dict[str, str]
    cases: tuple[Case, ...] = ()
    """What is denied beside the incident."""
    repository: Repository | None = None
    """Whose CDK app makes the application's roles; None: they were made by hand."""


def build_world(stack: ExitStack, say: Say, *, language: str = "en", further: bool = False) -> World:
    """Start the embedded account, create the incident's resources, deploy the synthesized template.

    `language`: of the messages. `further`: with the cases of further_cases.py, with a Slack app, whose buttons act, and with
    the application's own repository.
    """
    out = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="why403-cdk-")))
    repository = Repository(stack, out) if further else None
    say("starting an embedded AWS account on 127.0.0.1 (an emulator evaluates the policies, not AWS)")
    account = stack.enter_context(emulator())
    sink = stack.enter_context(slack_sink())
    say("synthesizing the CDK app and building the functions' asset")
    synthesize(settings(sink, language, GROUPS if further else (), has_app=further), out / "why403")
    if repository is not None:
        say("deploying the application's own CDK app, which makes its roles")
        repository.deploy(account, repository.synthesized("before"))
    incident = create_incident(account, with_roles=repository is None)
    cases = create_cases(account) if further else ()
    say("deploying the template: subscription filter, functions, table, topics, fix page")
    outputs = deploy(account, out / "why403", STACK)
    put_secret(account, outputs, sink.bot if further else sink.webhook)
    return World(account, incident, Application(account, incident), sink, outputs, cases, repository)


def settings(sink: SlackSink, language: str, groups: tuple[str, ...], *, has_app: bool) -> dict[str, Any]:
    """What a new user would write into cdk.json, and the sink's host beside Slack's own."""
    return {
        "log_groups": [LOG_GROUP, *groups],
        "webhook_hosts": [sink.host],
        "resolve_after_hours": 0,
        "language": language,
        "page_mode": "signed",
        "slack_app": has_app,
    }


def put_secret(account: Emulator, outputs: dict[str, str], text: str) -> None:
    """Fill the secret that the stack made, as README says."""
    account.session().client("secretsmanager", endpoint_url=account.endpoint).put_secret_value(
        SecretId=outputs["SlackSecretName"], SecretString=text
    )


def provoke(world: World, say: Say) -> Message:
    """Let the application be denied, and wait for the message."""
    say("the application sends a job to its queue, with its task role's own credentials")
    line = world.application.send_job()
    if line is None:
        raise DemoError("The call went through, though the role has no right to SQS: nothing was denied.")
    say(f"denied. Its log line: {line}")
    began = time.monotonic()
    received = world.sink.wait_for(1, MESSAGE_WITHIN)
    if not received:
        raise DemoError(
            f"No message within {MESSAGE_WITHIN} s. The embedded account's last words:\n{last_words(world.account)}"
        )
    say(f"the message was there {time.monotonic() - began:.1f} s after the line")
    return received[0]


def provoke_further(world: World, say: Say) -> tuple[Message, ...]:
    """Let the other services be denied too; their messages, in the order in which they came."""
    had = len(world.sink.messages)
    for case in world.cases:
        try:
            line = provoke_case(case, world.account)
        except NotDeniedError as error:
            raise DemoError(str(error)) from error
        say(f"{case.told}; denied. Its log line: {line}")
    received = world.sink.wait_for(had + len(world.cases), MESSAGE_WITHIN)[had:]
    if len(received) < len(world.cases):
        raise DemoError(
            f"{len(received)} of {len(world.cases)} messages within {MESSAGE_WITHIN} s. "
            f"The embedded account's last words:\n{last_words(world.account)}"
        )
    return received


def apply_draft(world: World, say: Say) -> None:
    """Do what a person would do with the first draft: put it on the role."""
    draft = first_draft(world)
    say(
        f"applying the draft: aws iam put-role-policy --role-name {TASK_ROLE} --policy-name {draft['policy_name']}"
    )
    world.account.session().client("iam", endpoint_url=world.account.endpoint).put_role_policy(
        RoleName=TASK_ROLE,
        PolicyName=draft["policy_name"],
        PolicyDocument=json.dumps(draft["policy_document"]),
    )
    _call_again(world, say, "The draft was applied")


def fix_source(world: World, say: Say) -> None:
    """Do what a team would do: `why403 fix --write` in the repository that makes the role, and a deployment."""
    repository = cast("Repository", world.repository)
    incident = stored(world)["fingerprint"][:8]
    say(
        f"in the application's repository: why403 fix {incident} --in . --stack {STACK} --cdk-out cdk.out --write"
    )
    before, assembly = repository.source.read_text(), str(repository.assembly("before"))
    told = ["fix", incident, "--in", ".", "--stack", STACK, "--cdk-out", assembly, "--write"]
    repository.why403(world.account, *told)
    lines = difflib.unified_diff(
        before.splitlines(), repository.source.read_text().splitlines(), "before", "after", lineterm=""
    )
    say("\n".join(["its edit:", *lines]))
    say("synthesizing and deploying the application's CDK app again")
    repository.deploy(world.account, repository.synthesized("after"), again=True)
    _call_again(world, say, "The fix was deployed")


def _call_again(world: World, say: Say, done: str) -> None:
    time.sleep(SETTLES)
    if world.application.send_job() is not None:
        raise DemoError(f"{done}, and the same call is still denied.")
    say("the same call goes through now")


def check_revert(world: World, say: Say) -> None:
    """Replay the resolved incident against the app with the fix, and without it."""
    repository = cast("Repository", world.repository)
    calls = repository.folder / "incidents.jsonl"
    calls.write_text(repository.why403(world.account, "export", STACK))
    for name, what, status in (("after", "with the fix", 0), ("before", "were it reverted", 1)):
        asked = ["check", "--cdk-out", str(repository.assembly(name)), "--requests", str(calls)]
        told = repository.why403(world.account, *asked, ends=status)
        say(f"why403 check --cdk-out, {what}: exit status {status}\n{told}")


def first_draft(world: World) -> dict[str, Any]:
    """The first remedy of the diagnosis that is stored beside the queue's incident."""
    return dict(stored(world)["diagnosis"]["remedies"][0])


def stored(world: World) -> dict[str, Any]:
    """The queue's incident in the table: its `fingerprint` and `diagnosis`."""
    table = world.account.session().resource("dynamodb", endpoint_url=world.account.endpoint)
    for item in table.Table(world.outputs["TableName"]).scan()["Items"]:
        if "diagnosis" in item:
            found = json.loads(gzip.decompress(bytes(cast("Any", item["diagnosis"]))))
            if (found["request"] or {}).get("resource") == world.incident.queue_arn:
                return {"fingerprint": str(item["pk"]).partition("#")[2], "diagnosis": found}
    raise DemoError("A message came, but the incident table holds no diagnosis.")


def resolve(world: World, say: Say) -> Message:
    """Run the recheck as its schedule would, until the incident is told as resolved."""
    say("running the recheck, as its schedule does")
    client = world.account.session().client("lambda", endpoint_url=world.account.endpoint)
    function = recheck_function(world)
    ends = time.monotonic() + RESOLVED_WITHIN
    while time.monotonic() < ends:
        client.invoke(FunctionName=function, Payload=b'{"task": "recheck"}')
        for message in world.sink.wait_for(len(world.sink.messages) + 1, 3):
            if RESOLVED in json.dumps(message, ensure_ascii=False):
                say("the incident is resolved")
                return message
    raise DemoError(
        f"The incident was not told as resolved within {RESOLVED_WITHIN} s. "
        "One that was muted or marked as expected on the page is told no more: run the demo again and leave it open."
    )


def recheck_function(world: World) -> str:
    """The physical name of the function that the schedule starts."""
    client = world.account.session().client("cloudformation", endpoint_url=world.account.endpoint)
    for resource in client.describe_stack_resources(StackName=STACK)["StackResources"]:
        if resource["ResourceType"] == "AWS::Lambda::Function" and resource["LogicalResourceId"].startswith(
            "Recheck"
        ):
            return str(resource["PhysicalResourceId"])
    raise DemoError("The stack has no recheck function.")


def last_words(account: Emulator) -> str:
    """The end of the emulator's log."""
    return account.log.read_text(errors="replace")[-3000:]
