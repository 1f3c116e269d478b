"""Commands called from a notebook: the same words, as keywords."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from effektiv import cli, console

Value = str | int | bool | Path | None


def rendera(
    kommun: Value | Sequence[Value] = None, *, ut: Path | str | None = None, **val: Value | Sequence[Value]
) -> int:
    """Make reports from a notebook, as ``effektiv rendera`` does from a command window.

    Parameters
    ----------
    kommun
        Name or code of one municipality, or a list of them.
    ut
        Folder for the reports; without it ``output`` beside the notebooks, wherever in
        their folders the one that calls is.
    **val
        The other options of the command: ``alla=True``, ``steg=1``,
        ``omrade=["grundskola"]``, ``data``, ``jobb``, ``tvinga``, ``format``, ``timeout``,
        ``motor``, ``logg``, ``dask``.

    Returns
    -------
    int
        0 when all went well, 1 when a report failed, 130 when it was interrupted.

    Raises
    ------
    InputError
        The call is wrong; nothing was started.

    Examples
    --------
    >>> import effektiv
    >>> effektiv.rendera("Exempelby", steg=1, data="exempel")  # doctest: +SKIP
    0
    """
    folder = cli.notebooks_root().parent / "output" if ut is None else Path(ut)
    words = ["rendera"]
    for name, value in {"kommun": kommun, **val, "ut": folder}.items():
        several = [value] if isinstance(value, str | int | Path) or value is None else list(value)
        for one in several:
            words += _option(name, one)
    return console.call(cli.app, words)


def _option(name: str, value: Value) -> list[str]:
    """Return the words of one option; one that is False or None is left out."""
    option = f"--{name.replace('_', '-')}"
    if value is None or value is False:
        return []
    return [option] if value is True else [option, str(value)]
