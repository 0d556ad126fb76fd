"""A Case out of a JSON case: the call, the policies as `why403 evaluate` reads them, and what is known around them."""

from collections.abc import Mapping
from typing import Any

from why403.changes.change import Change
from why403.decisions.decision import Request
from why403.decisions.evaluate import decide
from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer, Policy
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.remedies.case import Case, Judged
from why403.services.reading import Owner, TargetReading
from why403.targets.candidate import Candidate
from why403.workloads.workload import Workload, WorkloadKind

PLACE = Place("123456789012", "ap-northeast-1")
Json = Mapping[str, Any]


def case_of(given: Json) -> Case:
    """The case that `given` describes; what it leaves out is not known."""
    if "request" not in given:
        return Case(denial=_denial(given), workload=_workload(given), place=PLACE, names=given.get("names"))
    denied = judged_of(given)
    return Case(
        denial=_denial(given),
        workload=_workload(given),
        place=PLACE,
        denied=denied,
        needed_besides=tuple(
            judged_of({"policies": given["policies"], **each}) for each in given.get("besides", ())
        ),
        caller=_caller(given, denied.request),
        candidates=tuple(Candidate(arn, (), 0.4) for arn in given.get("candidates", ())),
        changes=tuple(Change(**each) for each in given.get("changes", ())),
        seen_resources=tuple(given.get("seen", ())),
        also_denied=tuple((action, resource) for action, resource in given.get("also_denied", ())),
        names=given.get("names"),
        log_group=given.get("log_group", ""),
        log_stream=given.get("log_stream", ""),
    )


def judged_of(given: Json) -> Judged:
    """One call and what the policies say to it."""
    request = request_of(given["request"])
    policies = policies_of(given["policies"], given.get("unread", ()))
    decision = decide(request, policies)
    return Judged(request=request, policies=policies, decision=decision, target=_target(given, request))


def request_of(given: Json) -> Request:
    """As `why403 evaluate` reads it; the account defaults to the ARN's or ours."""
    context = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in given.get("context", {}).items()
    }
    arn = parse_arn(given["resource"])
    account = given.get("resource_account") or (arn.account if arn is not None else "") or PLACE.account
    return Request(
        principal=given["principal"],
        action=given["action"],
        resource=given["resource"],
        resource_account=account,
        context=context,
        context_complete=given.get("context_complete", True),
    )


def policies_of(given: Json, unread: object = ()) -> PolicySet:
    """The contract's `policies`."""
    held: dict[str, Any] = {
        name: _several(given[name])
        for name in ("identity", "boundary", "session", "vpc_endpoint")
        if name in given
    }
    held |= {
        name: tuple(_several(level) for level in given[name]) for name in ("scp", "rcp") if name in given
    }
    if "resource" in given:
        held["resource"] = _policy(given["resource"])
    return PolicySet(**held, unread=frozenset(Layer(each) for each in unread))  # type: ignore[attr-defined]


def _several(given: list[Json]) -> tuple[Policy, ...]:
    return tuple(_policy(each) for each in given)


def _policy(given: Json) -> Policy:
    return Policy(given.get("name", "policy"), given["document"], given.get("arn", ""))


def _target(given: Json, request: Request) -> TargetReading | None:
    told = dict(given.get("target", {}))
    owner = told.pop("owner", None)
    arn = parse_arn(request.resource)
    if arn is None:
        return None
    fields = {"arn": request.resource, "service": arn.service, "account": request.resource_account, **told}
    return TargetReading(**fields, owner=Owner(**owner) if owner else None)


def _caller(given: Json, request: Request) -> CallerReading:
    told = dict(given.get("caller", {}))
    owner = told.pop("owner", None)
    parsed = parse_principal(request.principal)
    arn = f"arn:aws:iam::{parsed.account}:role/{parsed.name}" if parsed.session else request.principal
    return CallerReading(**{"arn": arn, **told}, owner=Owner(**owner) if owner else None)


def _denial(given: Json) -> Denial:
    """The line names the resource, unless the case says that it does not."""
    told = {"resource": given.get("request", {}).get("resource"), **given.get("denial", {})}
    told["verdict"] = Verdict(told.get("verdict", "missing-permission"))
    if "deny_kind" in told:
        told["deny_kind"] = DenyKind(told["deny_kind"])
    if "kind" in told:
        told["kind"] = Kind(told["kind"])
    return Denial(**told)


def _workload(given: Json) -> Workload:
    told = dict(given.get("workload", {}))
    return Workload(kind=WorkloadKind(told.pop("kind", "unknown")), **told)
