"""A proven proposal as the remedy that people see: diff, commands in every form, risk, what to check afterwards.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from collections.abc import Iterator
from dataclasses import replace

from why403.message import Message
from why403.remedies.case import Case, Judged
from why403.remedies.formats import aws_cli, cdk_python, cdk_typescript, cloudformation, terraform
from why403.remedies.formats.quick_create import QuickCreate, quick_create
from why403.remedies.proof import UNREAD, Proof
from why403.remedies.proposal import Option, Proposal
from why403.remedies.remedy import Commands, Remedy, RemedyKind, Risk
from why403.remedies.risk import actions_of, judge, lets_a_foreigner_in
from why403.remedies.statements import document_of, unified
from why403.remedies.verify import after_applying, verify_commands
from why403.services.reading import Owner

_FORMATS = {"cloudformation": "cloudformation", "cdk": "cdk_typescript", "terraform": "terraform"}
_BY_HAND = "aws_cli"


def render(case: Case, judged: Judged, option: Option, proof: Proof, number: int) -> tuple[Remedy, ...]:
    """The remedies of one set, in the order to do them."""
    return tuple(
        _remedy(case, judged, each, option=option, proof=proof, number=number) for each in option.proposals
    )


def _remedy(  # noqa: PLR0913  # each comes from a step of its own
    case: Case, judged: Judged, proposal: Proposal, *, option: Option, proof: Proof, number: int
) -> Remedy:
    risk, reasons = judge(case, judged, proposal)
    is_wider = option.wider or bool(proof.widened)
    playbook = proposal.kind is RemedyKind.PLAYBOOK
    foreign = lets_a_foreigner_in(case, judged, proposal)
    commands = Commands() if playbook or foreign else commands_of(proposal)
    quick = _quick(case, proposal, commands) if option.asked and not foreign else None
    if quick is not None:
        commands = replace(commands, cloudformation=quick.told() + commands.cloudformation)
    return Remedy(
        set=number,
        layer=proposal.layer,
        target=proposal.target,
        kind=proposal.kind,
        title=proposal.title,
        why=(*(() if playbook else option.why), *proposal.why, *reasons, *owner_advice(proposal.owner)),
        policy_name=proposal.policy_name,
        policy_document=None if playbook or not proposal.added else document_of(proposal.added),
        before=proposal.before,
        after=proposal.after,
        diff=unified(proposal.policy_name, proposal.before, proposal.after),
        commands=commands,
        verify=verify_commands(case, proposal, judged.request),
        steps=(
            *((Message("remedies.no-command.foreign"),) if foreign else ()),
            *proposal.steps,
            *after_applying(case, proposal),
            *((Message("remedies.quick-create", {"file": quick.file}),) if quick is not None else ()),
        ),
        proven=proof.proven and not playbook,
        missing=() if playbook and proposal.steps else tuple(_missing_of(proposal, proof)),
        risk=Risk.MEDIUM if is_wider and risk is Risk.LOW else risk,
        wider=is_wider,
        adds=actions_of(proposal),
        owner=_owner_text(proposal.owner),
        preferred=_preferred_format(proposal.owner),
    )


def _missing_of(proposal: Proposal, proof: Proof) -> Iterator[Message]:
    """What the whole set misses, but that a policy is unread only beside the change to that policy."""
    for each in proof.missing:
        if each.id != UNREAD or each.values.get("target") == proposal.target:
            yield each


def commands_of(proposal: Proposal) -> Commands:
    """The proposal in every form; a form that cannot carry it is empty."""
    return Commands(
        aws_cli=aws_cli.render(proposal),
        terraform=terraform.render(proposal),
        cdk_python=cdk_python.render(proposal),
        cdk_typescript=cdk_typescript.render(proposal),
        cloudformation=cloudformation.render(proposal),
    )


def _quick(case: Case, proposal: Proposal, commands: Commands) -> QuickCreate | None:
    """The quick-create link, where a stack of its own can carry the draft."""
    if (
        proposal.kind is not RemedyKind.GRANT
        or proposal.owner is not None
        or "DeletionPolicy" in commands.cloudformation
    ):
        return None
    return quick_create(commands.cloudformation, proposal.policy_name, case.place)


def _owner_text(owner: Owner | None) -> str:
    """`cdk: OrdersStack / TaskRole30FC0FBB`; empty where nobody is known to own it."""
    if owner is None:
        return ""
    place = " / ".join(each for each in (owner.stack, owner.logical_id) if each)
    return f"{owner.tool}: {place}" if place else owner.tool


def owner_advice(owner: Owner | None) -> tuple[Message, ...]:
    """That the change belongs into the owner's code, because it would be undone or drift."""
    if owner is None:
        return ()
    return (Message("remedies.owner.in-code", {"owner": _owner_text(owner), "tool": owner.tool}),)


def _preferred_format(owner: Owner | None) -> str:
    """The rendering to show first: a field of Commands."""
    return _BY_HAND if owner is None else _FORMATS.get(owner.tool, _BY_HAND)
