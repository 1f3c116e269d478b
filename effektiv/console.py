"""Typer in Swedish, and how a fault ends a command.

Everything that a controller reads from the command line goes through here: help
texts, faults in the call, and errors while a command runs, each as one Swedish
sentence on standard error with its exit status.

==========  ==================================================================
Status      Meaning
==========  ==================================================================
0           all went well
1           the command was right but something failed while it ran: a report,
            Kolada, the disk
2           the call, a parameter or a snapshot is wrong; nothing was started
130         stopped with Ctrl-C, or asked by the system to end
==========  ==================================================================
"""

from __future__ import annotations

import difflib
import inspect
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO, cast

import typer
from typer.core import TyperCommand, TyperGroup

from effektiv.errors import EffektivError, InputError, SnapshotError, system_sentence

OK, FAILED, WRONG_CALL, INTERRUPTED = 0, 1, 2, 130

# Typer shows only one of click's exceptions openly, and has moved click inside itself
# in later versions: reach the common base from the one that stays.
_UsageError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError"
)


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    app
        Its commands return their exit status, or None for 0.
    arguments
        Words after ``effektiv``; those of the process when left out. None at all means
        ``--help``.

    Returns
    -------
    int
        See the table above. A fault in the library itself is not caught: it keeps its
        trace, and Python ends the process with status 1.
    """
    with _streams():
        return _run(app, list(sys.argv[1:] if arguments is None else arguments) or ["--help"])


def _run(app: typer.Typer, words: list[str]) -> int:
    try:
        with _ending_in_order():
            status: int | None = app(args=words, prog_name="effektiv", standalone_mode=False)
    except _UsageError as error:
        return end(_usage_sentence(error), WRONG_CALL)
    except (InputError, SnapshotError) as error:
        return end(str(error), WRONG_CALL)
    except EffektivError as error:
        return end(str(error), FAILED)
    except BrokenPipeError:
        # The reader of our output (head, less) has closed; there is nobody to tell.
        _silence(sys.stdout)
        return FAILED
    except OSError as error:
        if error.errno is None:
            raise
        return end(system_sentence(error), FAILED)
    return status or OK


@contextmanager
def _streams() -> Iterator[None]:
    """Give the command streams that can be written to, whatever it was started with.

    A program that is started without standard error, or whose log has no room left, still
    has its work to do: what it says goes to standard output, or is lost, and nothing stops.
    """
    _fill_standard_places()
    heard = sys.stderr or sys.stdout
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(sys.stdout or nowhere),
        redirect_stderr(cast(TextIO, _Lasting(heard or nowhere))),
    ):
        for stream in (sys.stdout, heard):
            if isinstance(stream, TextIOWrapper):
                # A Windows pipe may lack a sign such as the true minus: show "?" instead of failing.
                stream.reconfigure(errors="replace")
        yield


def _fill_standard_places() -> None:
    """Open what is closed of the three standard descriptors, so that no other file gets their numbers."""
    number = 0
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)
        os.set_inheritable(number, number <= 2)
    os.close(number)


class _Lasting:
    """A stream whose writing never fails: when nobody can read it any longer, what is written is lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            _silence(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            _silence(self._stream)


def _silence(stream: TextIO) -> None:
    """Let what is still written to a stream disappear, also what it holds when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Terminated(KeyboardInterrupt):
    """The system, not Ctrl-C in a terminal, asks the process to end."""


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Tidy up as after Ctrl-C when the process is asked to end or its terminal is closed.

    Python would end at once, and leave its workers' folders and what was half written. A
    signal that is ignored (nohup) or taken care of stays so.
    """

    def end_in_order(*_: object) -> NoReturn:
        raise Terminated

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    free = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        free = []
    for number in free:
        signal.signal(number, end_in_order)
    try:
        yield
    finally:
        for number in free:
            signal.signal(number, signal.SIG_DFL)


def call(app: typer.Typer, words: Sequence[str]) -> int:
    """Run a command for a caller in Python, who gets an exception where `run` says a sentence.

    Raises
    ------
    InputError
        The call is wrong.
    EffektivError
        Something failed while the command ran.
    """
    try:
        status: int | None = app(args=list(words), prog_name="effektiv", standalone_mode=False)
    except _UsageError as error:
        raise InputError(_usage_sentence(error)) from error
    except OSError as error:
        if error.errno is None:
            raise
        raise EffektivError(system_sentence(error)) from error
    return status or OK


def end(sentence: str, status: int) -> int:
    """Say why a command ends, and return the status it ends with."""
    print(sentence, file=sys.stderr)
    return status


def _usage_sentence(error: Any) -> str:
    """Say in Swedish what is wrong with the call; the class and its fields say what."""
    command = error.ctx.command_path if error.ctx else "effektiv"
    see = f" Se: {command} --help"
    kind = type(error).__name__
    if kind == "NoSuchOption":
        known = [name for param in error.ctx.command.params for name in param.opts]
        near = difflib.get_close_matches(error.option_name, known, n=1)
        return f"Valet {error.option_name} finns inte." + (f" Menade du {near[0]}?" if near else see)
    if kind == "BadOptionUsage":
        takes_none = "does not take" in error.message
        what = "tar inget värde" if takes_none else "saknar sitt värde"
        return f"Valet {error.option_name} {what}.{see}"
    extra = re.search(r"unexpected extra argument\S* \((.*)\)$", error.message)
    if extra:
        return f"Ange ett val före varje värde, det saknas före: {extra[1]}.{see}"
    return f"Anropet går inte att tolka.{see}"


class SwedishCommand(TyperCommand):
    """A command whose help is Swedish."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option that shows the help."""
        return _in_swedish(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of one command."""
        _write_help(self, ctx, formatter)


class SwedishGroup(TyperGroup):
    """The command line itself: Swedish help, unknown commands and Ctrl-C."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option that shows the help."""
        return _in_swedish(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the whole command line."""
        _write_help(self, ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str(limit=200)) for name in self.list_commands(ctx)]
        with formatter.section("Kommandon"):
            formatter.write_dl(rows)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the named command, or suggest one that exists."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            near = difflib.get_close_matches(name, self.commands, n=1)
            hint = f"Menade du {near[0]}?" if near else f"Kommandona är {', '.join(self.commands)}."
            raise InputError(f"Kommandot {name} finns inte. {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C ends it with a sentence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # Caught here: typer would turn it into an exit without a word.
            return end("Avbrutet. Det som redan var färdigt finns kvar.", INTERRUPTED)


def _in_swedish(help_option: Any) -> Any:
    if help_option is not None:
        help_option.help = "Visa den här hjälpen."
    return help_option


def _write_help(command: Any, ctx: Any, formatter: Any) -> None:
    options, arguments = [], []
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            arguments.append((param.metavar, param.help or ""))
        else:
            options.append(param.get_help_record(ctx))
    words = ["KOMMANDO"] if isinstance(command, TyperGroup) else [metavar for metavar, _ in arguments]
    formatter.write_usage(ctx.command_path, " ".join([*words, "[VAL]"]), prefix="Användning: ")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(inspect.cleandoc(command.help or ""))
    if arguments:
        with formatter.section("Argument"):
            formatter.write_dl(arguments)
    with formatter.section("Val"):
        formatter.write_dl(options)
