"""Readability of what the reports say."""

from __future__ import annotations

import re


def lix(text: str) -> float:
    """Return Björnsson's readability index: words a sentence plus per cent of words longer than six letters.

    Numbers are words. A sentence ends with a full stop, a colon, a question mark or an exclamation
    mark that is followed by a space, so neither "(prel.)" nor a decimal comma ends one.
    """
    words = re.findall(r"[^\W_]+(?:[-–,.:][^\W_]+)*", text)
    ends = re.findall(r"[.:?!](?=\s|$)", text)
    long = [word for word in words if len(re.sub(r"[\W\d_]", "", word)) > 6]
    return len(words) / max(1, len(ends)) + 100 * len(long) / max(1, len(words))
