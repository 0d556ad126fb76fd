"""The remedies as a notice offers them: texts in its language, drafts in their forms."""

from dataclasses import dataclass

from why403.notices.naming import thing
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
    steps: tuple[str, ...]
    verify: tuple[str, ...]
    owner: str
    remedy: Remedy


def offers(notice: Notice) -> tuple[Offer, ...]:
    """Every remedy, in the order to do them."""
    return tuple(_offer(remedy, notice) for remedy in notice.diagnosis.remedies)


def best(notice: Notice) -> Offer | None:
    """The remedy to do first; None where there is none."""
    return next(iter(offers(notice)), None)


def drafted(notice: Notice) -> Offer | None:
    """The first remedy that has something to paste; None where all are playbooks."""
    return next((offer for offer in offers(notice) if offer.drafts), None)


def _offer(remedy: Remedy, notice: Notice) -> Offer:
    language = notice.language
    drafted_forms = [(form, label, str(getattr(remedy.commands, form))) for form, label in FORMS]
    return Offer(
        title=say(remedy.title, language),
        target=remedy.target,
        proof=_proof(remedy, notice),
        risk="" if remedy.risk is Risk.LOW else word(f"notices.risk.{remedy.risk}", language),
        wider=word("notices.wider", language) if remedy.wider else "",
        why=tuple(say(message, language) for message in remedy.why),
        missing=tuple(say(message, language) for message in remedy.missing),
        diff=remedy.diff,
        drafts=tuple(Draft(form, label, text) for form, label, text in drafted_forms if text),
        steps=tuple(say(message, language) for message in remedy.steps),
        verify=remedy.verify,
        owner=word("notices.owner", language, owner=remedy.owner) if remedy.owner else "",
        remedy=remedy,
    )


def _proof(remedy: Remedy, notice: Notice) -> str:
    if remedy.kind is RemedyKind.PLAYBOOK:
        return ""
    return word("notices.proven" if remedy.proven else "notices.unproven", notice.language)


def where(offer: Offer, notice: Notice) -> str:
    """What the remedy changes, by kind and name."""
    return thing(offer.target, notice)
