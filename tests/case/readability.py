"""How hard a text is to read."""

from __future__ import annotations

import re


def lix(text: str) -> float:
    """Return Björnsson's LIX: words per sentence plus the percentage of words longer than six letters."""
    words = re.findall(r"[\w%+−–-]+", text)
    sentences = max(1, len(re.findall(r"[.!?:;](?=\s|$)", text)))
    long = [word for word in words if len(word) > 6]
    return len(words) / sentences + 100 * len(long) / max(1, len(words))
