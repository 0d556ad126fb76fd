"""A receiver on this machine in a vendor's place: answers what a test wants, in order, or as the vendor does."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo.slack_answers import Reply, slack_answer

Answering = Callable[[str, Any], Reply]
"""Path and JSON body → the answer."""


@dataclass(slots=True)
class Receiver:
    """`replies` are given in order, the last one again and again; without any it answers as the `vendor` does.

    `taken` are (path, headers, JSON body).
    """

    host: str = ""
    vendor: Answering = slack_answer
    replies: list[Reply] = field(default_factory=list)
    taken: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.taken]

    def reply_to(self, path: str, message: Any) -> Reply:
        if not self.replies:
            return self.vendor(path, message)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def receiver(*replies: Reply) -> Iterator[Receiver]:
    """Listen on a free port of 127.0.0.1 while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = Receiver(host=f"127.0.0.1:{server.server_address[1]}")
    found.replies = list(replies)
    server.receiver = found  # type: ignore[attr-defined]  # the handler finds it on its server
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw) if raw[:1] in b"[{" else raw.decode()
        found: Receiver = self.server.receiver  # type: ignore[attr-defined]
        found.taken.append((self.path, dict(self.headers), body))
        reply = found.reply_to(self.path, body)
        time.sleep(reply.late)
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_PUT(self) -> None:
        self.do_POST()

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body.encode())))
        self.end_headers()
        self.wfile.write(reply.body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Stay silent."""
