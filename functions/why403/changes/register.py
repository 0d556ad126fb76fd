"""Every read that tells what was changed."""

from why403.changes.deployments import STACK
from why403.changes.policy_versions import ATTACHED, VERSION, VERSIONS
from why403.changes.trail import LOOKUP
from why403.reads import DeclaredRead

READS: tuple[DeclaredRead, ...] = (LOOKUP, ATTACHED, VERSIONS, VERSION, STACK)
