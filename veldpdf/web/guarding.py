"""Who may ask the server for anything: one browser of one user, and no other page that it shows.

The server listens on 127.0.0.1 only. But every user of the machine can reach that, and so can every page in the same
browser, so each request is looked at before anything else happens:

- **Host** must be this server's own name: a page elsewhere whose name was made to lead here (DNS rebinding) has
  another.
- **A cookie** must hold the secret of this run. It is set once, by a link with a one-time token that is shown where
  ``veldpdf web`` was started; other users of the machine do not see it. No script can read the cookie, and the browser
  sends it along with nothing that another site began (SameSite=Strict).
- **Origin**, or what the browser says in ``Sec-Fetch-Site``, must be this page for whatever changes something.

What goes out says that nothing may be framed, sniffed, cached or run but the scripts of this package.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BEGIN = "/begin"
_SAFE_METHODS = frozenset({"GET", "HEAD"})
# What pages of ours may do: nothing from elsewhere, and no script that stands in a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """The door: an ASGI application around another."""

    def __init__(self, app: ASGIApp, *, port: int, on_used: Callable[[str], None]) -> None:
        """Prepare the secrets of this run.

        Args:
            app: What is behind the door.
            port: The one that the server listens on.
            on_used: Told of the next link when one has been used: another browser may need one.
        """
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._root = f"http://127.0.0.1:{port}"
        # Cookies do not know ports: two runs on one machine would overwrite each other's.
        self._cookie = f"veldpdf_{port}"
        self._secret = secrets.token_urlsafe(32)
        self._token = secrets.token_urlsafe(32)
        self._on_used = on_used

    @property
    def link(self) -> str:
        """The address that lets one browser in, once."""
        return f"{self._root}{BEGIN}?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        guarded = _with_headers(send)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        # Starlette answers that something failed, and then raises it again for the server to print, with whatever
        # was being worked on: answers stay out of logs.
        with suppress(Exception):
            await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer for a request that goes no further; None for one that may pass."""
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("Wrong host.", 421)
        is_inside = self._knows(headers)
        if scope["path"] == BEGIN:
            return self._begin(scope, is_inside=is_inside)
        if not is_inside:
            return PlainTextResponse(_LOCKED, 403)
        if scope["method"] not in _SAFE_METHODS and not self._is_own(headers):
            return PlainTextResponse("Another page asked for this.", 403)
        return None

    def _begin(self, scope: Scope, *, is_inside: bool) -> Response:
        """Let in who has the token, once; who is in already just goes to the first page."""
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        response = RedirectResponse("/", 303)
        if hmac.compare_digest(token.encode(), self._token.encode()):
            self._token = secrets.token_urlsafe(32)
            response.set_cookie(self._cookie, self._secret, httponly=True, samesite="strict", path="/")
            self._on_used(self.link)
            return response
        return response if is_inside else PlainTextResponse(_LOCKED, 403)

    def _knows(self, headers: Headers) -> bool:
        """Whether the secret of this run comes with a request."""
        cookie: SimpleCookie = SimpleCookie()
        try:
            cookie.load(headers.get("cookie", ""))
        except CookieError:
            return False
        given = cookie[self._cookie].value if self._cookie in cookie else ""
        return hmac.compare_digest(given.encode(), self._secret.encode())

    def _is_own(self, headers: Headers) -> bool:
        """Whether a page of ours asked for a change."""
        origin = headers.get("origin")
        if origin is not None:
            return origin in self._origins
        return headers.get("sec-fetch-site") == "same-origin"


_LOCKED = (
    "Deze bladzijde is op slot. Open veldpdf met de link in het venster waarin het gestart is; elke link werkt"
    " één keer.\n\n"
    "This page is locked. Open veldpdf with the link in the window in which it was started; each link works once.\n"
)


def _with_headers(send: Send) -> Send:
    """Return a way to send that adds what every answer says about itself; a page may say less of its own."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
