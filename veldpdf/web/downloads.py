"""What a page hands out as a file: under a name that any browser and any system takes, the same bytes each time."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import quote

from starlette.responses import Response

_NO_NAME = re.compile(r'[\\/:*?"<>|;\x00-\x1f]|^\.+')
# The first that a zip file can hold (APPNOTE.TXT, 4.4.6).
_NO_TIME = (1980, 1, 1, 0, 0, 0)
# Who may read what is unpacked, as Unix has it (4.4.15): its owner; these files hold answers.
_UNIX, _OWNER_ONLY = 3, 0o600 << 16


def download(data: bytes, name: str, media_type: str) -> Response:
    """Return a file to be kept by the browser.

    Args:
        data: What it holds.
        name: What to call it; safe on every system, as `recipients.file_names` makes them.
        media_type: What it is.
    """
    # What comes of taking letters apart may be a sign that no name holds: "／" becomes a slash.
    taken_apart = _NO_NAME.sub("", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode())
    # Both names: the plain one for what does not know the other (RFC 6266, appendix D).
    disposition = f"attachment; filename=\"{taken_apart}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"content-disposition": disposition})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files in one zip file, in their order; the same files make the same bytes on any system at any time."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = _UNIX, _OWNER_ONLY
            whole.writestr(info, data)
    return made.getvalue()
