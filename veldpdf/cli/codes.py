"""Exit statuses: what scripts go by."""

from __future__ import annotations

DONE = 0
ATTENTION = 1
NOT_DONE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
