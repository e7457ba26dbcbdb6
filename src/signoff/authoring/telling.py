"""What is said to the person who deploys or serves: plain lines on standard output."""

from __future__ import annotations

import sys


def tell(*lines: str) -> None:
    """Write lines, and have them seen at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
