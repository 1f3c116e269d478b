"""Errors whose message a controller reads.

Every error that can be caused by input, files, the network or the machine is an
`EffektivError`; its message is one Swedish sentence that names the file, key or
address, the value, and what would be right. The command line prints the message
alone; anything else that escapes is a fault in the library and keeps its trace.
"""

from __future__ import annotations


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
