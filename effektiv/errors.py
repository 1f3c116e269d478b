"""Errors whose message a controller reads.

Every error that can be caused by input, files, the network or the machine is an
`EffektivError`; its message is one Swedish sentence that names the file, key or
address, the value, and what would be right. The command line prints the message
alone; anything else that escapes is a fault in the library and keeps its trace.
What the system itself says is English or in whatever language it was installed in:
`system_reason` says it in Swedish.
"""

from __future__ import annotations

import errno
import os

_REASONS = {
    "EACCES": "skrivrätt eller läsrätt saknas",
    "EPERM": "rättighet saknas",
    "EROFS": "platsen går bara att läsa från",
    "ENOSPC": "disken är full",
    "EDQUOT": "lagringsutrymmet är slut",
    "EFBIG": "filen är större än vad som är tillåtet",
    "ENOTDIR": "en del av sökvägen är en fil och ingen mapp",
    "EISDIR": "det är en mapp och ingen fil",
    "EEXIST": "det finns redan en fil med det namnet",
    "ENOTEMPTY": "mappen är inte tom",
    "ENOENT": "filen eller mappen finns inte",
    "ENAMETOOLONG": "namnet är för långt",
    "EINVAL": "namnet går inte att använda här",
    "EILSEQ": "namnet går inte att använda här",
    "ELOOP": "genvägen leder tillbaka till sig själv",
    "EBUSY": "ett annat program använder den",
    "ETXTBSY": "ett annat program använder den",
    "EIO": "disken svarar inte som den ska",
    "ESTALE": "den delade disken svarar inte",
    "ENODEV": "enheten finns inte",
    "ENXIO": "enheten finns inte",
    "EMFILE": "för många filer är öppna",
    "ENFILE": "för många filer är öppna",
    "ENOMEM": "minnet räcker inte",
    "EAGAIN": "systemet har inte plats för fler processer just nu",
    "ENOEXEC": "det är inget program för den här datorn",
    "EPIPE": "mottagaren har slutat lyssna",
    "ECONNREFUSED": "anslutningen nekades",
    "ECONNRESET": "anslutningen bröts",
    "ECONNABORTED": "anslutningen bröts",
    "ETIMEDOUT": "svaret dröjde för länge",
    "ENETUNREACH": "nätet går inte att nå",
    "EHOSTUNREACH": "datorn går inte att nå",
    "EADDRINUSE": "adressen används redan av ett annat program",
}
_BY_NUMBER = {getattr(errno, name): text for name, text in _REASONS.items() if hasattr(errno, name)}
# Windows gives the same errno for many faults, and a number of its own that tells them apart.
_BY_WINDOWS_NUMBER = {
    32: "filen är öppen i ett annat program",
    33: "filen är låst av ett annat program",
    53: "den delade disken går inte att nå",
    123: "namnet går inte att använda i Windows",
    206: "namnet är för långt",
}


class EffektivError(Exception):
    """Base of all errors with a message meant for the controller."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows under a cell: the sentence alone, as the command line does."""
        return [str(self)]


class InputError(EffektivError):
    """The call, a parameter or a file in params/ is wrong; nothing was started."""


class SnapshotError(EffektivError):
    """A snapshot is missing, damaged or lacks what was asked for."""


class KoladaError(EffektivError):
    """Kolada did not answer, or answered something that cannot be read."""


class ScbError(EffektivError):
    """SCB did not answer, or answered something that cannot be read."""


def system_reason(error: OSError) -> str:
    """Return why the system refused, as a Swedish clause to put in a sentence.

    Parameters
    ----------
    error
        From a file, a process or a connection.

    Returns
    -------
    str
        ``disken är full``; the system's number for what is not known here.

    Examples
    --------
    >>> system_reason(OSError(errno.ENOSPC, "No space left on device"))
    'disken är full'
    """
    windows = getattr(error, "winerror", None)
    if windows in _BY_WINDOWS_NUMBER:
        return _BY_WINDOWS_NUMBER[windows]
    if error.errno in _BY_NUMBER:
        return _BY_NUMBER[error.errno]
    number = windows or error.errno
    return "systemet säger inte varför" if number is None else f"systemet svarar med felnummer {number}"


def system_sentence(error: OSError) -> str:
    """Return what the system refused, and why, as a Swedish sentence."""
    what = f" {error.filename}" if isinstance(error.filename, str | os.PathLike) else ""
    return f"Det gick inte att läsa eller skriva{what}: {system_reason(error)}."
