"""IAM JSON: the document that a person pastes into the console."""

from why403.remedies.diff import canonical
from why403.remedies.proposal import Document, Proposal
from why403.remedies.statements import document_of


def document_to_apply(proposal: Proposal) -> Document | None:
    """The whole policy that takes the old one's place; None where the whole is not known."""
    return proposal.after


def added_document(proposal: Proposal) -> Document | None:
    """A whole document that holds the added statements only; None where there are none."""
    return document_of(proposal.added) if proposal.added else None


def render(proposal: Proposal) -> str:
    """The document to apply, indented; empty where it is not known."""
    return canonical(document_to_apply(proposal))
