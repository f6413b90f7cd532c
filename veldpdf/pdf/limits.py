"""The limits of the libraries below, set tight. They hold for a whole process, so only worker processes set them."""

from __future__ import annotations

import pikepdf

_MEGABYTE = 1024 * 1024
# A quarter of what a worker may take is far more than any stream of a worksheet unpacks to.
_SHARE = 4
# Deeper or more than in any file that a program wrote.
_NESTING = 100
_FILTERS = 8
_ITEMS = 1_000_000


def set_tight_limits(megabytes: int) -> None:
    """Hold qpdf to what a worksheet needs.

    Args:
        megabytes: What the process may take altogether.
    """
    setter = getattr(pikepdf.settings, "set_qpdf_limits", None)
    if setter is None:  # an older pikepdf: its process has a limit all the same
        return
    most = max(megabytes // _SHARE, 1) * _MEGABYTE
    setter(
        parser_max_nesting=_NESTING,
        parser_max_container_size=_ITEMS,
        max_stream_filters=_FILTERS,
        flate_max_memory=most,
        png_max_memory=most,
        run_length_max_memory=most,
        tiff_max_memory=most,
        dct_max_memory=most,
    )
