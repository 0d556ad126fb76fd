"""An AWS that fails every call in one way, over HTTP, in the protocol of the service that is called."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
XML = frozenset({"query", "rest-xml", "ec2"})


class Fault(StrEnum):
    """How every call fails. SHAPE: well-formed, and not what the operation's model promises."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    MALFORMED = "malformed"


CODES = {Fault.DENIED: ("AccessDeniedException", 403), Fault.THROTTLED: ("ThrottlingException", 429)}


@dataclass
class FaultyAws:
    """`protocols` maps signing names to botocore's protocols; `fault` may be changed between calls."""

    url: str
    fault: Fault = Fault.DENIED
    protocols: Mapping[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty_aws(protocols: Mapping[str, str]) -> Iterator[FaultyAws]:
    """Serve on a free port of 127.0.0.1 until the end of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    world = FaultyAws(f"http://127.0.0.1:{server.server_port}", protocols=protocols)
    _Handler.world = world
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        world.released.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A caller that has given up is no news here."""


class _Handler(BaseHTTPRequestHandler):
    world: FaultyAws

    def _fail(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.world.fault is Fault.TIMEOUT:
            self.world.released.wait()
            self.close_connection = True
            return
        signed = _SIGNED_FOR.search(self.headers.get("Authorization", ""))
        protocol = self.world.protocols.get(signed[1] if signed else "", "json")
        if "form-urlencoded" in self.headers.get("Content-Type", "") and protocol not in XML:
            protocol = "query"  # two services sign with the name `iam`
        status, body = self._answer(protocol)
        self.send_response(status)
        if protocol not in XML:
            self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _fail  # noqa: N815  # http.server's names

    def _answer(self, protocol: str) -> tuple[int, bytes]:
        if self.world.fault is Fault.BROKEN:
            return 500, b"<html>oops</html>"
        if self.world.fault is Fault.MALFORMED:
            return 200, b'{"not' if protocol not in XML else b"<not"
        code, status = CODES[self.world.fault]
        return status, _error(protocol, code)

    def log_message(self, *_: object) -> None:
        """Silence."""


def _error(protocol: str, code: str) -> bytes:
    match protocol:
        case "ec2":
            text = f"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
        case "query":
            text = f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"
        case "rest-xml":
            text = f"<Error><Code>{code}</Code><Message>m</Message></Error>"
        case _:
            text = f'{{"__type": "{code}", "code": "{code}", "message": "m"}}'
    return text.encode()
