"""Who may ask the server for anything: one browser of one user, and no other page that it shows.

The server listens on 127.0.0.1 only. But every user of the machine can reach that, and so can every page in the same
browser, so each request is looked at before anything else happens:

- **Host** must be this server's own name: a page elsewhere whose name was made to lead here (DNS rebinding) has
  another.
- **A path** that nobody can guess lies before every address of a run, and **a cookie** with a secret belongs to it.
  It is set once, by a link with a one-time token that is shown where ``veldpdf web`` was started. The path matters:
  cookies know no ports, so a server of somebody else on another port of this machine would be sent a cookie for the
  whole of 127.0.0.1. No script can read the cookie, and the browser sends it along with nothing that another site began
  (SameSite=Strict).
- **Origin**, or what the browser says in ``Sec-Fetch-Site``, must be this page for whatever changes something; and what
  another page asks for without going there gets nothing.

What goes out says that nothing may be framed, sniffed, cached or run but the scripts of this package.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BEGIN = "/begin"
COOKIE = "veldpdf"
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
    """The door: an ASGI application around another.

    Attributes:
        base: The path of this run, before all addresses.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        port: int,
        on_used: Callable[[str], None],
        on_tried_again: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare the secrets of this run.

        Args:
            app: What is behind the door.
            port: The one that the server listens on.
            on_used: Told of the next link when one has been used: another browser may need one.
            on_tried_again: Told when somebody who was not let in tries a link that has been used: one of the two is
                not the user.
        """
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._root = f"http://127.0.0.1:{port}"
        self.base = f"/{secrets.token_urlsafe(12)}"
        self._secret = secrets.token_urlsafe(32)
        self._token = secrets.token_urlsafe(32)
        self._used: set[str] = set()
        self._on_used = on_used
        self._on_tried_again = on_tried_again

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
        # Starlette answers that something failed, and then raises it again for the server to print, with whatever
        # was being worked on: answers stay out of logs. A browser that goes away is no failure at all.
        with suppress(Exception, asyncio.CancelledError):
            refusal = self._refusal(scope)
            guarded = _with_headers(send, self.base)
            if refusal is not None:
                await refusal(scope, receive, guarded)
            else:
                inside = {**scope, "path": scope["path"].removeprefix(self.base) or "/"}
                await self._app(inside, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer for a request that goes no further; None for one that may pass."""
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("Wrong host.", 421)
        is_inside = self._knows(headers)
        if scope["path"] == BEGIN:
            return self._begin(scope, is_inside=is_inside)
        if not is_inside or not f"{scope['path']}/".startswith(f"{self.base}/"):
            return PlainTextResponse(_LOCKED, 403)
        if scope["method"] in _SAFE_METHODS:
            return PlainTextResponse("Another page asked for this.", 403) if _is_of_another(headers) else None
        return None if _is_own(headers) else PlainTextResponse("Another page asked for this.", 403)

    def _begin(self, scope: Scope, *, is_inside: bool) -> Response:
        """Let in who has the token, once; who is in already just goes to the first page."""
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if hmac.compare_digest(token.encode(), self._token.encode()):
            self._used.add(self._token)
            self._token = secrets.token_urlsafe(32)
            response = self._entrance()
            response.set_cookie(COOKIE, self._secret, httponly=True, samesite="strict", path=self.base)
            with suppress(OSError):  # nobody looks at the window any more
                self._on_used(self.link)
            return response
        if token in self._used and not is_inside:
            self._used.discard(token)  # once: whoever has it could fill the window with warnings
            with suppress(OSError):
                self._on_tried_again()
        # The cookie does not come along here: it belongs to the run's own path, which nobody is told.
        return PlainTextResponse(_LOCKED, 403)

    def _entrance(self) -> HTMLResponse:
        """Return a page that leads inside.

        A redirection would be a step of the page that the link stood on: the browser would keep the cookie back.
        """
        return HTMLResponse(
            '<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">'
            f'<meta http-equiv="refresh" content="0; url={self.base}/">'
            f'<title>veldpdf</title><p><a href="{self.base}/">veldpdf</a></p>'
        )

    def _knows(self, headers: Headers) -> bool:
        """Whether the secret of this run comes with a request."""
        # By hand: cookies of other programs on this machine may be malformed, and come along.
        given = [part.strip().partition("=") for part in headers.get("cookie", "").split(";")]
        secret = self._secret.encode()
        return any(
            name == COOKIE and hmac.compare_digest(value.encode("utf-8", "replace"), secret)
            for name, _, value in given
        )


def _is_own(headers: Headers) -> bool:
    """Whether a page of ours asked for a change."""
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"http://{headers.get('host')}"
    return headers.get("sec-fetch-site") == "same-origin"


def _is_of_another(headers: Headers) -> bool:
    """Whether another page asks for something to put into itself, rather than to go there."""
    is_elsewhere = headers.get("sec-fetch-site") in ("same-site", "cross-site")
    return is_elsewhere and headers.get("sec-fetch-dest") != "document"


_LOCKED = (
    "Deze bladzijde is op slot. Open veldpdf met de link in het venster waarin het gestart is; elke link werkt"
    " één keer.\nHebt u deze link nog niet gebruikt? Dan was iemand anders op deze computer u voor: sluit veldpdf af"
    " met Ctrl-C en start het opnieuw.\n\n"
    "This page is locked. Open veldpdf with the link in the window in which it was started; each link works once.\n"
    "Have you not used this link before? Then somebody else on this computer has: stop veldpdf with Ctrl-C and start"
    " it again.\n"
)


def _with_headers(send: Send, base: str) -> Send:
    """Return a way to send that adds what every answer says about itself; a page may say less of its own."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("location", "").startswith("/"):
                headers["location"] = base + headers["location"]
        await send(message)

    return guarded
