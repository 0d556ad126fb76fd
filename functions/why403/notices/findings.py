"""What is worth knowing beside the verdict: which resource was meant, what does not fit, what is odd."""

from collections.abc import Iterator

from why403.notices.naming import thing
from why403.notices.notice import Notice
from why403.notices.words import say, word


def findings_of(notice: Notice) -> tuple[str, ...]:
    """Each in a sentence or two, the most telling first, none twice: plain text, not escaped."""
    return (*_meant(notice), *oddities(notice))


def oddities(notice: Notice) -> tuple[str, ...]:
    """The same without the resource, for a notice that lists the candidates."""
    told = notice.diagnosis
    found = (say(message, notice.language) for message in (*told.workload.findings, *told.findings))
    return tuple(dict.fromkeys(found))


def _meant(notice: Notice) -> Iterator[str]:
    """Why this resource, where the line names none."""
    told = notice.diagnosis
    likeliest = next(iter(told.target_candidates), None)
    if likeliest is None or told.denial.resource:
        return
    values = {
        "what": thing(likeliest.arn, notice),
        "percent": str(round(likeliest.score * 100)),
        "evidence": say(likeliest.evidence[0], notice.language) if likeliest.evidence else "",
    }
    yield word("notices.meant", notice.language, **values)
