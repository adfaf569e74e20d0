"""What a signed-in browser sends: a form with a file, and small requests one after another."""

import http.client
import secrets
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from _registry import HOST

_BOUNDARY = "----greffe-bench-7MA4YWxkTrZu0gW"
_HEADERS = {"Accept": "text/html", "Accept-Language": "en"}


class Browser:
    """One connection of somebody who is signed in with the key `session`, or of a visitor."""

    def __init__(self, port: int, session: str = "") -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=120)
        self._cookies = Cookies(session)

    def get(self, path: str) -> float:
        """Open a page; give the seconds that it took. Anything but 200 ends the script."""
        return self._request("GET", path, None, 200)

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> float:
        """Send a form; give the seconds until the redirection that follows success."""
        body = urlencode([("csrfmiddlewaretoken", self._cookies.token), *fields])
        return self._request("POST", path, body, 302)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _request(self, method: str, path: str, body: str | None, wanted: int) -> float:
        headers: Mapping[str, str] = _HEADERS | {"Cookie": self._cookies.header}
        if body is not None:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        response.read()
        took = time.perf_counter() - started
        if response.status != wanted:
            raise SystemExit(f"{method} {path} was answered with {response.status}")
        return took


class Cookies:
    """The cookies of a session and the token of its forms."""

    def __init__(self, session: str) -> None:
        self.token = secrets.token_hex(16)
        self.header = f"greffe-session={session}; greffe-csrf={self.token}"


def upload_request(path: str, cookies: Cookies, size: int, name: str) -> tuple[bytes, bytes]:
    """What stands before and after the `size` bytes of a file in the request that uploads it."""
    before = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        f"{cookies.token}\r\n--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    after = f"\r\n--{_BOUNDARY}--\r\n".encode()
    header = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
        f"Cookie: {cookies.header}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n"
        f"Content-Length: {len(before) + size + len(after)}\r\n\r\n"
    ).encode()
    return header + before, after
