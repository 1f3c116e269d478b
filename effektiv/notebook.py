"""Commands called from a notebook: the same words, as keywords."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from effektiv import cli, console

Value = str | int | bool | Path | None


@dataclass(frozen=True)
class Run:
    """Hur en körning gick; i JupyterLab en länk till rapporterna.

    Attributes
    ----------
    status
        0 när allt gick väl, 1 när en rapport misslyckades, 130 när körningen avbröts.
    index
        Sidan som leder till rapporterna.
    """

    status: int
    index: Path

    def _repr_mimebundle_(
        self,
        include: Iterable[str] | None = None,  # noqa: ARG002  IPython's signature
        exclude: Iterable[str] | None = None,  # noqa: ARG002
    ) -> dict[str, str]:
        # Where the reports are has been printed already; a link makes it possible to go there.
        return {"text/plain": "", "text/html": self._link() if self.index.is_file() else ""}

    def _link(self) -> str:
        """Return a link to the reports where JupyterLab's server gives them (`effektiv.lab`), else nothing."""
        served, index = os.environ.get("EFFEKTIV_LAB"), self.index.resolve()
        if served is None or not index.is_relative_to(served):
            return ""
        address = quote(f"/rapporter/{index.relative_to(served).as_posix()}")
        return f'<p><a href="{escape(address)}" target="_blank">Öppna rapporterna</a></p>'


def rendera(
    kommun: Value | Sequence[Value] = None, *, ut: Path | str | None = None, **val: Value | Sequence[Value]
) -> Run:
    """Gör rapporter från en notebook, som ``effektiv rendera`` gör från ett kommandofönster.

    Parameters
    ----------
    kommun
        Namn eller kod för en kommun, eller en lista.
    ut
        Mapp för rapporterna. Utelämnad: ``output`` bredvid mappen med notebookar.
    **val
        Kommandots andra val: ``alla=True``, ``steg=1``, ``omrade=["grundskola"]``, ``data``, ``jobb``,
        ``tvinga``, ``format``, ``timeout``, ``motor``, ``logg``, ``dask``.

    Returns
    -------
    Run
        Hur det gick (``status``) och var rapporterna finns (``index``).

    Raises
    ------
    InputError
        Anropet är fel; inget har påbörjats.

    Examples
    --------
    >>> import effektiv
    >>> effektiv.rendera("Exempelby", steg=1, data="exempel").status  # doctest: +SKIP
    0
    """
    folder = cli.notebooks_root().parent / "output" if ut is None else Path(ut)
    words = ["rendera"]
    for name, value in {"kommun": kommun, **val, "ut": folder}.items():
        several = [value] if isinstance(value, str | int | Path) or value is None else list(value)
        for one in several:
            words += _option(name, one)
    return Run(console.call(cli.app, words), folder / "index.html")


def _option(name: str, value: Value) -> list[str]:
    """Return the words of one option; one that is False or None is left out."""
    option = f"--{name.replace('_', '-')}"
    if value is None or value is False:
        return []
    return [option] if value is True else [option, str(value)]
