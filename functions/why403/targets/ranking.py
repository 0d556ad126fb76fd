"""Candidates from pieces of evidence."""

from why403.denials.denial import Denial
from why403.targets.candidate import Candidate
from why403.targets.found import Found
from why403.targets.objects import as_object

MOST_CANDIDATES = 10
LEAST_SCORE = 0.1


def ranked(found: tuple[Found, ...], denial: Denial) -> tuple[Candidate, ...]:
    """Independent pieces of evidence add up as chances do: none makes certain, several come near it."""
    pieces: dict[str, list[Found]] = {}
    for piece in found:
        pieces.setdefault(as_object(piece.arn, denial.action or ""), []).append(piece)
    candidates = []
    for arn, own in pieces.items():
        doubt = 1.0
        best = {piece.message.id: piece for piece in sorted(own, key=lambda piece: piece.weight)}
        for piece in best.values():
            doubt *= 1.0 - piece.weight
        told = sorted(best.values(), key=lambda piece: -piece.weight)
        candidates.append(Candidate(arn, tuple(piece.message for piece in told), round(1.0 - doubt, 3)))
    likely = [candidate for candidate in candidates if candidate.score >= LEAST_SCORE]
    return tuple(sorted(likely, key=lambda candidate: (-candidate.score, candidate.arn))[:MOST_CANDIDATES])
