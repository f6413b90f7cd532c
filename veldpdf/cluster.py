"""The workers of a dask cluster as an executor: the only part that knows ``distributed``, an extra.

Everything that would make each file fail in the same way is looked for before the first is sent: nobody at the address,
no workers, workers without veldpdf or with another version of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from veldpdf import __version__
from veldpdf.errors import VeldpdfError
from veldpdf.messages import Message, counted

# Seconds that a scheduler may take to answer, and its first worker to report.
_ANSWERING = 5
_REPORTING = 10


class ClusterError(VeldpdfError):
    """A cluster that cannot be used."""


@contextmanager
def cluster_at(address: str) -> Iterator[Executor]:
    """Give the cluster whose scheduler is at an address, for a ``with`` block, and let go of it at the end.

    Args:
        address: As ``dask scheduler`` tells it: ``tcp://10.0.0.5:8786``, or ``tls://…`` with the certificates that
            dask's own configuration names.

    Raises:
        ClusterError: distributed is not installed, nobody answers, nobody works there, or not with this veldpdf.
    """
    try:
        distributed = import_module("distributed")
    except ImportError as exc:
        raise ClusterError(
            Message("Reading on a cluster needs the package {package}.", package="distributed"),
            Message("Install it with: {command}.", command="pip install 'veldpdf[cluster]'"),
        ) from exc
    _check_address(address)
    try:
        asyncio.run(_knock(distributed, address))
        client = distributed.Client(address, timeout=_ANSWERING, set_as_default=False)
    except Exception as exc:  # whoever answers may be no scheduler and say anything
        raise ClusterError(
            Message("{address}: no dask scheduler answers here.", address=address),
            Message(
                "Start one with 'dask scheduler', or read without --dask: a laptop will do for thousands of files."
            ),
        ) from exc
    with client:
        _check_workers(client, address)
        # Not pure: dask is not to look for files of the same name that it has read before.
        yield client.get_executor(pure=False)


def _check_address(address: str) -> None:
    """Make sure that an address has a host and a port.

    Raises:
        ClusterError: It has not.
    """
    with suppress(ValueError):  # what stands for the port is no number
        place = urlsplit(address if "://" in address else f"tcp://{address}")
        if place.scheme in ("tcp", "tls") and place.hostname and place.port:
            return
    raise ClusterError(
        Message("{address}: this is no address of a dask scheduler.", address=address),
        Message("Write it as the scheduler tells it: tcp://HOST:8786."),
    )


async def _knock(distributed: Any, address: str) -> None:
    """See whether somebody at an address speaks dask's protocol; raise anything where nobody does.

    distributed's client does not give up in time where somebody is silent, and not cleanly where nobody is.
    """
    secrets = distributed.Security().get_connection_args("client")
    connecting = distributed.comm.connect(address, timeout=_ANSWERING, **secrets)
    comm = await asyncio.wait_for(connecting, _ANSWERING)
    await comm.close()


def _check_workers(client: Any, address: str) -> None:
    """Make sure that there are workers, and that each reads files as we do.

    Raises:
        ClusterError: There are none, or they do not.
    """
    try:
        client.wait_for_workers(1, timeout=_REPORTING)
        # What every Python has: a function of ours would need veldpdf to arrive.
        versions = client.run(eval, "__import__('veldpdf').__version__", on_error="return").values()
    except Exception as exc:  # a cluster that is just going down may raise anything
        raise ClusterError(
            Message("{address}: this cluster has no workers.", address=address),
            Message("Start some with: {command}.", command=f"dask worker {address}"),
        ) from exc
    others = sum(version != __version__ for version in versions)
    if others:
        raise ClusterError(
            counted(
                "{address}: {n} worker does not have veldpdf {version}.",
                "{address}: {n} workers do not have veldpdf {version}.",
                others,
                address=address,
                version=__version__,
            ),
            Message("Install the same version of veldpdf on all of them, and start them again."),
        )
