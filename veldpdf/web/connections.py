"""How much any program on this computer may ask of the server before it has shown that it may ask at all.

Everybody on the machine can connect to 127.0.0.1. Connections that never ask anything are closed after a while, and no
more of them are kept than a browser and its tabs could ever need, so that nobody can keep the user out by filling the
server up. What goes wrong with connections is nobody's affair: it would fill the log as well.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds in which a connection has to ask for something; and how many there may be.
_SILENT = 10.0
_MOST = 200


def connections() -> type[asyncio.Protocol]:
    """Return how uvicorn is to deal with connections, and keep it and asyncio from writing about them."""
    for name in ("asyncio", "uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    return _Bounded


class _Bounded(H11Protocol):
    """A connection that is closed where it asks nothing, or is one too many."""

    def connection_made(self, transport: Any) -> None:
        """Take in a connection."""
        super().connection_made(transport)
        if len(self.connections) > _MOST:
            transport.abort()
            return
        self.loop.call_later(_SILENT, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()
