"""The remedies as a notice offers them: texts in its language, drafts in their forms."""

from dataclasses import dataclass

from why403.notices.checklist import listed
from why403.notices.notice import Notice
from why403.notices.words import say, word
from why403.remedies.remedy import Remedy, RemedyKind, Risk

FORMS = (
    ("aws_cli", "AWS CLI"),
    ("terraform", "Terraform"),
    ("cdk_python", "CDK Python"),
    ("cdk_typescript", "CDK TypeScript"),
    ("cloudformation", "CloudFormation"),
)


@dataclass(frozen=True, slots=True)
class Draft:
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
    risk: str
    """Empty for a low risk."""
    wider: str
    """Says that it grants more than was denied; empty for the smallest."""
    why: tuple[str, ...]
    missing: tuple[str, ...]
    diff: str
    drafts: tuple[Draft, ...]
    """The form that the target's owner uses comes first."""
    steps: tuple[str, ...]
    verify: tuple[str, ...]
    owner: str
    remedy: Remedy


def offers(notice: Notice) -> tuple[Offer, ...]:
    """Every remedy, in the order to do them."""
    return tuple(_offer(remedy, notice) for remedy in notice.diagnosis.remedies)


def suggested(notice: Notice) -> tuple[Offer, ...]:
    """The remedies to do first, all of them together; none where there is no remedy."""
    every = offers(notice)
    return tuple(offer for offer in every if offer.remedy.set == every[0].remedy.set)


def other_ways(notice: Notice) -> tuple[Offer, ...]:
    """The remedies to choose among instead."""
    every = offers(notice)
    return tuple(offer for offer in every if offer.remedy.set != every[0].remedy.set)


def section_of(offered: tuple[Offer, ...]) -> str:
    """The id of their heading: a change only where one is drafted."""
    return "notices.section.fix" if any(offer.drafts for offer in offered) else "notices.section.playbook"


def _offer(remedy: Remedy, notice: Notice) -> Offer:
    language = notice.language
    drafts = [Draft(form, label, str(getattr(remedy.commands, form))) for form, label in FORMS]
    drafts.sort(key=lambda draft: draft.form != remedy.preferred)
    return Offer(
        title=say(remedy.title, language),
        target=remedy.target,
        adds=_adds(remedy, notice),
        proof=_proof(remedy, notice),
        risk="" if remedy.risk is Risk.LOW else word(f"notices.risk.{remedy.risk}", language),
        wider=word("notices.wider", language) if remedy.wider else "",
        why=tuple(say(message, language) for message in remedy.why),
        missing=tuple(say(message, language) for message in remedy.missing),
        diff=remedy.diff,
        drafts=tuple(draft for draft in drafts if draft.text),
        steps=tuple(say(message, language) for message in remedy.steps),
        verify=remedy.verify,
        owner=word("notices.owner", language, owner=remedy.owner) if remedy.owner else "",
        remedy=remedy,
    )


def _adds(remedy: Remedy, notice: Notice) -> str:
    return word("notices.adds", notice.language, actions=listed(remedy.adds, notice)) if remedy.adds else ""


def _proof(remedy: Remedy, notice: Notice) -> str:
    if remedy.kind is RemedyKind.PLAYBOOK:
        return ""
    return word("notices.proven" if remedy.proven else "notices.unproven", notice.language)
