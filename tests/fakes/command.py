"""`why403` in this process: what a person's shell would show, without the second that another Python takes to start."""

import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from unittest.mock import patch

from why403.__main__ import main
from why403.aws.session import forget


def why403(*arguments: str, stdin: str = "", environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit status, output and errors; nothing of the real environment counts but PATH."""
    out, err = StringIO(), StringIO()
    own = {"PATH": os.environ["PATH"], **environment}
    forget()
    with (
        patch.dict(os.environ, own, clear=True),
        patch.object(sys, "argv", ["why403", *arguments]),
        patch.object(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), "utf-8")),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        status = main()
    forget()
    return status, out.getvalue(), err.getvalue()
