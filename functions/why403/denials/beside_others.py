"""How a line is read that others wrote parts of: what they say hides no answer of AWS's that stands on its own, and lends it nothing."""

from collections.abc import Callable, Sequence

from why403.denials.answers import answers_alone
from why403.denials.contains import holds_any
from why403.denials.denial import Denial, Verdict
from why403.denials.judge import is_foreign_store
from why403.denials.own_facts import is_beside, own_facts, says_whose
from why403.denials.plain import plain
from why403.denials.vocabulary import phrases_in

TOLD_WHOLE = (
    "when calling the ", "operation error ", "(Service: ", "request id: ", "authorized to perform: ", "::Errors::", "</Error>",
)  # fmt: skip
"""One of these stands in an answer of one line that needs no other: a code alone may have its cause below."""
SEVERAL = 2
"""Denials of a message that are weighed against its answers: of more, not all answers are looked for."""
Read = Callable[[str], tuple[Denial, ...]]


def beside_others(read: Read) -> Read:
    """`read`, and where others hide a denial or say more than it, what its answer says itself. Linear, as `read` is."""

    def read_beside(message: str) -> tuple[Denial, ...]:
        told = read(message)
        if _is_denial(told):
            answers = [answer for _, answer in answers_alone(message)] if len(told) <= SEVERAL else []
            if not all(is_beside(message, answer) for answer in answers):
                return told
            own = [one for answer in answers for one in read(answer) if says_whose(one, answer, message)]
            return own_facts(told, own) if own else told
        if told[0].verdict is Verdict.NOT_AWS and _is_of_a_store(plain(message)):
            return told
        hidden = (
            read(text) for whole, own in answers_alone(message) for text in (whole, own, *_first_line(own))
        )
        return next(filter(_is_denial, hidden), told)

    return read_beside


def _is_denial(told: Sequence[Denial]) -> bool:
    return any(denial.verdict is Verdict.MISSING_PERMISSION for denial in told)


def _first_line(answer: str) -> tuple[str, ...]:
    """The answer's own line, where lines go on that may be others' and the first tells all."""
    first, _, rest = answer.partition("\n")
    return (first,) if rest and holds_any(first, TOLD_WHOLE) else ()


def _is_of_a_store(text: str) -> bool:
    """Whether another store than S3 is told of in the text: its answers are S3's but for where it says so."""
    lowered = text.lower()
    return is_foreign_store(text, lowered, phrases_in(lowered))
