"""The remedies as a notice offers them: texts in its language, drafts in their forms."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.notices.checklist import listed
from why403.notices.in_source import agent_brief, fix_command
from why403.notices.naming import action, caller_arn
from why403.notices.notice import Notice
from why403.notices.words import say, word, words
from why403.remedies.remedy import Remedy, RemedyKind, Risk

FORMS = (
    ("aws_cli", "AWS CLI"),
    ("terraform", "Terraform"),
    ("cdk_python", "CDK Python"),
    ("cdk_typescript", "CDK TypeScript"),
    ("cloudformation", "CloudFormation"),
)
SECRET_READS = frozenset({"secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue"})
"""https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html"""
NEW = "--- /dev/null\n"
"""How the diff of a policy begins that does not stand yet."""

IN_CODE = "remedies.owner.in-code"
"""Says of the owner what the offer's own line on it says too, and says there with the command."""


@dataclass(frozen=True, slots=True)
class DraftText:
    """A draft in one form; `label` is the form's own name."""

    form: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One remedy. All texts are in the notice's language and not escaped."""

    title: str
    target: str
    """ARN of what is changed."""
    adds: str
    """What it allows; empty where it grants nothing."""
    proof: str
    """Whether re-evaluation proved it; empty for a playbook."""
    proof_alone: str
    """The same in a word or two."""
    risk: str
    """Empty for a low risk, and where there is nothing to apply."""
    wider: str
    """Says that it grants more than was denied; empty for the smallest."""
    why: tuple[str, ...]
    missing: tuple[str, ...]
    diff: str
    change: str
    """The diff; of a new policy, and of one that could not be read, the added statements alone."""
    drafts: tuple[DraftText, ...]
    """The form that the target's owner uses comes first."""
    steps: tuple[str, ...]
    verify: tuple[str, ...]
    owner: str
    source: str
    """The command that edits the source; empty where none does."""
    way: str
    """For whom it is, where it is one of several ways: `for a consumer`; else empty."""
    letter: str
    """The text to send to whom it belongs, where that is another account; else empty."""
    remedy: Remedy

    @property
    def marks(self) -> tuple[str, ...]:
        """Whether it is proven, what it risks, and that it grants more: those that are to be said."""
        return tuple(text for text in (self.proof, self.risk, self.wider) if text)


def suggested(notice: Notice) -> tuple[Offer, ...]:
    """The remedies to do first, all of them together; none where there is no remedy."""
    every = notice.diagnosis.remedies
    return tuple(_offer(remedy, notice) for remedy in every if remedy.set == every[0].set)


def other_ways(notice: Notice) -> tuple[Offer, ...]:
    """The remedies to choose among instead, in the order to do them."""
    every = notice.diagnosis.remedies
    return tuple(_offer(remedy, notice) for remedy in every if remedy.set != every[0].set)


def brief_of(offer: Offer, notice: Notice) -> str:
    """Its brief for a coding agent, which the page alone shows; empty where nothing belongs into a source."""
    return agent_brief(offer.remedy, notice)


def section_of(offered: tuple[Offer, ...]) -> str:
    """The id of their heading: a change only where one is drafted."""
    return "notices.section.fix" if any(offer.drafts for offer in offered) else "notices.section.playbook"


def cut(notice: Notice, lines: int) -> str:
    """How many lines of a draft are left out, and where they stand."""
    identifier = "notices.cut" if notice.links.page else "notices.cut.no-page"
    return word(identifier, notice.language, count=str(lines))


def plus_and_minus(offer: Offer) -> str:
    """The added and removed lines of the diff; a new policy's statements are all added."""
    lines = offer.change.rstrip("\n").splitlines()
    if offer.change is not offer.diff and offer.change != offer.diff:
        return "\n".join(f"+ {line}" for line in lines)
    return "\n".join(
        line for line in lines if line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- "))
    )


def _offer(remedy: Remedy, notice: Notice) -> Offer:
    language = notice.language
    drafts = [DraftText(form, label, str(getattr(remedy.commands, form))) for form, label in FORMS]
    drafts.sort(key=lambda draft: draft.form != remedy.preferred)
    return Offer(
        title=say(remedy.title, language),
        target=remedy.target,
        adds=_adds(remedy, notice),
        proof=_proof(remedy, notice),
        proof_alone=_proof_alone(remedy, notice),
        risk=_risk(remedy, notice),
        wider=word("notices.wider", language) if remedy.wider else "",
        why=tuple(
            say(message, language) for message in remedy.why if not (remedy.owner and message.id == IN_CODE)
        ),
        missing=tuple(say(message, language) for message in remedy.missing),
        diff=remedy.diff,
        change=_change(remedy),
        drafts=tuple(draft for draft in drafts if draft.text),
        steps=tuple(say(message, language) for message in remedy.steps),
        verify=remedy.verify,
        owner=_owner(remedy, notice),
        source=fix_command(remedy, notice),
        way=_way(remedy, notice),
        letter=_letter(remedy, notice),
        remedy=remedy,
    )


def _owner(remedy: Remedy, notice: Notice) -> str:
    """Whose it is, and the command that changes it there."""
    if not remedy.owner:
        return ""
    command = fix_command(remedy, notice)
    if command:
        return word("notices.owner.run", notice.language, owner=remedy.owner, command=command)
    return word("notices.owner", notice.language, owner=remedy.owner)


def _change(remedy: Remedy) -> str:
    added = _added(remedy)
    return remedy.diff if (remedy.diff and not remedy.diff.startswith(NEW)) or not added else added


def _added(remedy: Remedy) -> str:
    """The added statements as JSON; empty for a playbook."""
    document = remedy.policy_document
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    if not statements:
        return ""
    alone = isinstance(statements, list) and len(statements) == 1
    return json.dumps(statements[0] if alone else statements, indent=2, ensure_ascii=False)


def _way(remedy: Remedy, notice: Notice) -> str:
    """Of remedies that have one title, what tells this one from the others."""
    known = words(notice.language)
    ids = (f"notices.way.{message.id.removeprefix('remedies.')}" for message in remedy.why)
    return next((known[identifier] for identifier in ids if identifier in known), "")


def _letter(remedy: Remedy, notice: Notice) -> str:
    account, ours = owning_account(remedy, notice), notice.diagnosis.workload.account
    statement = _added(remedy)
    if not account or not ours or account == ours or not statement:
        return ""
    values = {
        "caller": caller_arn(notice),
        "ours": ours,
        "account": account,
        "action": action(notice),
        "target": remedy.target,
        "policy": remedy.policy_name,
        "statement": statement,
    }
    letter = word("notices.letter", notice.language, **values)
    if values["action"].lower() not in SECRET_READS:
        return letter
    return f"{letter}\n\n{word('notices.letter-secret-key', notice.language)}"


def owning_account(remedy: Remedy, notice: Notice) -> str:
    """The account that the changed policy belongs to; empty where it is not known."""
    arn, request = parse_arn(remedy.target), notice.diagnosis.request
    if arn is not None and arn.account:
        return arn.account
    is_theirs = remedy.layer in {Layer.RESOURCE, Layer.TRUST, Layer.GRANT} and request is not None
    return (request.resource_account or "") if is_theirs and request is not None else ""


def _adds(remedy: Remedy, notice: Notice) -> str:
    return word("notices.adds", notice.language, actions=listed(remedy.adds, notice)) if remedy.adds else ""


def _risk(remedy: Remedy, notice: Notice) -> str:
    if remedy.risk is Risk.LOW or remedy.kind is RemedyKind.PLAYBOOK:
        return ""
    return word(f"notices.risk.{remedy.risk}", notice.language)


def _proof(remedy: Remedy, notice: Notice) -> str:
    if remedy.kind is RemedyKind.PLAYBOOK:
        return ""
    return word("notices.proven" if remedy.proven else "notices.unproven", notice.language)


def _proof_alone(remedy: Remedy, notice: Notice) -> str:
    if remedy.kind is RemedyKind.PLAYBOOK:
        return ""
    return word("notices.proven.short" if remedy.proven else "notices.unproven.short", notice.language)
