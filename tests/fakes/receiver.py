"""A receiver of webhooks on this machine, that answers what a test wants, in order."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; `late` seconds after the request was taken."""

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0


@dataclass(slots=True)
class Receiver:
    """`replies` are given in order, the last one again and again; `taken` are (path, headers, JSON body)."""

    host: str = ""
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    taken: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.taken]

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def receiver(*replies: Reply) -> Iterator[Receiver]:
    """Listen on a free port of 127.0.0.1 while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = Receiver(host=f"127.0.0.1:{server.server_address[1]}")
    found.replies = list(replies) or [Reply()]
    server.receiver = found  # type: ignore[attr-defined]  # the handler finds it on its server
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        found: Receiver = self.server.receiver  # type: ignore[attr-defined]
        found.taken.append((self.path, dict(self.headers), body))
        reply = found.next_reply()
        time.sleep(reply.late)
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body.encode())))
        self.end_headers()
        self.wfile.write(reply.body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Stay silent."""
