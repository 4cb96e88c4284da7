"""A web server on this computer that serves one file well, or misbehaves as it is told."""

import re
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Behaviour:
    """What the server does; ``cuts`` are numbers of bytes after which answers break off."""

    content: bytes
    etag: str = '"one"'
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ignores_ranges: bool = False
    ignores_if_range: bool = False
    names_etag: bool = True
    announced: int | None = None
    is_chunked: bool = False
    redirect: str = ""
    holds_after: int | None = None
    go_on: Event = field(default_factory=Event)
    sent: int = 0
    requests: list[dict] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Nobody reads it."""

    def do_GET(self):
        does = self.server.behaviour
        does.requests.append({**self.headers, "path": self.path})
        self.close_connection = True
        if does.redirect:
            self.answer(302, {"Location": does.redirect, "Content-Length": "0"})
        elif does.statuses:
            self.answer(does.statuses.pop(0), {"Content-Length": "0"})
        else:
            self.serve(does)

    def serve(self, does):
        first = 0
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        is_same = does.ignores_if_range or self.headers.get("If-Range", does.etag) == does.etag
        if found and not does.ignores_ranges and is_same:
            first = int(found[1])
        size = len(does.content)
        headers = {"ETag": does.etag} if does.names_etag else {}
        if first and first >= size:
            self.answer(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        if first:
            headers["Content-Range"] = f"bytes {first}-{size - 1}/{size}"
        body = does.content[first:]
        if does.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        else:
            headers["Content-Length"] = str(len(body) if does.announced is None else does.announced)
        self.answer(206 if first else 200, headers)
        self.send(body, does)

    def send(self, body, does):
        if does.cuts:
            body = body[: does.cuts.pop(0)]
        held = does.holds_after
        try:
            self.wfile.write(body if held is None else body[:held])
            self.wfile.flush()
            does.sent += len(body if held is None else body[:held])
            if held is not None:
                does.go_on.wait(10)
                self.wfile.write(body[held:])
        except OSError:
            return  # the other side left, as it may

    def answer(self, status, headers):
        self.send_response(status)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class FileServer(ThreadingHTTPServer):
    """On a free port; ``url`` is the file's address."""

    daemon_threads = True

    def __init__(self, content, context=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = Behaviour(content)
        scheme = "http"
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}/model.zip"
        self._thread = Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def handle_error(self, _request, _address):
        """A client that does not trust the certificate hangs up; that is what is tested."""

    def stop(self):
        self.behaviour.go_on.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
