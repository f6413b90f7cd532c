"""From paths to documents: files, folders, zip files and saved e-mails, whatever a partner's answer comes in.

An answer arrives as a PDF, as a zip file with PDFs, as an e-mail with a PDF attached, or as an e-mail that
forwards another with a zip file. Here all of it becomes `Document` values, one for each file that may hold
answers. What cannot be unpacked is a document as well: its `problem` tells why.

Nothing is ever unpacked to the disk, so names inside containers are labels and nothing more.
"""

from veldpdf.sources.document import Document, Kind
from veldpdf.sources.finding import find_files, passed_over
from veldpdf.sources.unpacking import documents_in, documents_in_bytes

__all__ = ["Document", "Kind", "documents_in", "documents_in_bytes", "find_files", "passed_over"]
