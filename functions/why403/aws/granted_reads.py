"""Every read that the functions may make, from the one register: the role, the doctor and the documents iterate over it."""

from why403 import diagnose, recheck, survey
from why403.incidents import reconcile
from why403.reads import DeclaredRead, register

STORIES = (diagnose, recheck, survey, reconcile)
"""What they import, and that alone, the functions can ask."""
OURS = "why403."
LINES = frozenset({"logs:FilterLogEvents", "logs:GetLogEvents"})
"""They return what applications wrote: bound to the log groups that are watched."""


def granted_reads() -> dict[DeclaredRead, str]:
    """Each read, by service and operation, and the module that declares it."""
    ours = {read: module for read, module in register().items() if module.startswith(OURS)}
    granted = {read: module for read, module in ours.items() if not read.by_person}
    return dict(sorted(granted.items(), key=lambda item: _order(item[0])))


def _order(read: DeclaredRead) -> tuple[str, str, str]:
    return (read.service, read.operation, read.reason)
