"""The engine's display contract and isolation, compared with an ordinary kernel."""

from __future__ import annotations

import builtins
import decimal
import gc
import io
import json
import locale
import logging
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest
from IPython.core.getipython import get_ipython
from matplotlib import font_manager
from matplotlib import pyplot as plt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import effektiv.steg
from effektiv.render import isolation
from effektiv.render.engine import EffektivEngine
from effektiv.render.shell import CellShell
from effektiv.steg import STEPS

if os.name != "nt":
    import resource

CELLS = [
    # The value of the last expression, streams in order, and a name from an earlier cell.
    "import sys\nprint('ut')\nprint('ut igen')\nprint('fel', file=sys.stderr)\nkommun",
    "6 * 7;",
    "_, Out[3], In[3][:6]",
    # Rich output with metadata, as figures with alt text have.
    "from IPython.display import display, clear_output, HTML, Markdown, SVG\n"
    "display(HTML('<b>fet</b>'), metadata={'alt': 'beskrivning'})\nMarkdown('*kursiv*')",
    # Updates by display id, within a cell and from a later one.
    "first = display('ett', display_id='etikett')\ndisplay('två', display_id='etikett')",
    "first.update('tre')\nprint('uppdaterad')",
    "print('bort'); display('bort'); clear_output(); print('kvar')",
    "print('bort'); clear_output(wait=True); print('kvar')",
    "display({'application/json': {'a': [1]}, 'text/plain': 'x'}, raw=True)",
    # Magics, shell commands, help.
    "%%capture fangat\nprint('inuti')",
    "fangat.stdout",
    "%precision 2\n3.14159",
    "!echo skal",
    "len?",
    "%who_ls str",
    # Top-level await, with a task that goes on between awaits.
    "import asyncio\nawait asyncio.sleep(0)\nsvar = await asyncio.gather(asyncio.sleep(0, 'a'), asyncio.sleep(0, 'b'))\nsvar",
    # pandas, and figures left open, which are shown when the cell ends.
    "import pandas as pd\npd.DataFrame({'x': [1.5, None]})",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "plt.bar(['a'], [1]); plt.show(); print('efter')",
    "%config InlineBackend.close_figures = False\nplt.figure(figsize=(1, 1)); len(plt.get_fignums())",
    "len(plt.get_fignums())",
    "__name__, get_ipython() is not None",
    "class Egen:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        return {'text/html': '<i>x</i>', 'text/plain': 'x'}, {'text/html': {'isolated': True}}\nEgen()",
]


def notebook(*sources: str, tags: dict[int, list[str]] | None = None) -> NotebookNode:
    cells = [new_code_cell('kommun = "0001"', metadata={"tags": ["parameters"]})]
    cells += [
        new_code_cell(source, metadata={"tags": (tags or {}).get(index, [])})
        for index, source in enumerate(sources)
    ]
    return new_notebook(cells=[new_markdown_cell("# Titel"), *cells])


def execute(node: NotebookNode, engine: str | None = "effektiv", **kwargs: Any) -> NotebookNode:
    return papermill.execute_notebook(
        node,
        None,
        {"kommun": "0319"},
        engine_name=engine,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        **kwargs,
    )


def outputs(node: NotebookNode) -> list[Any]:
    return [
        [cell.source[:40], cell.execution_count, cell.outputs]
        for cell in node.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.filterwarnings("default")
def test_the_same_outputs_as_an_ordinary_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    # Doctests run before in this process leave builtins._ behind, and IPython then lets `_` be.
    monkeypatch.delattr(builtins, "_", raising=False)
    node = notebook(*CELLS)
    ours, kernels = execute(node), execute(node, None)
    for mine, theirs in zip(outputs(ours), outputs(kernels), strict=True):
        assert mine == theirs
    assert ours.metadata.language_info == kernels.metadata.language_info


def test_parameters_stay_text() -> None:
    result = execute(notebook("kommun, type(kommun).__name__"))
    assert result.cells[-1].outputs[0].data["text/plain"] == "('0319', 'str')"


def failure(node: NotebookNode) -> papermill.PapermillExecutionError:
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        execute(node)
    return caught.value


def test_an_error_stops_the_notebook_and_names_cell_and_source(tmp_path: Path) -> None:
    marker = tmp_path / "fortsatte"
    error = failure(notebook("a = 1", "1 / 0", f"open({str(marker)!r}, 'w')"))
    assert (error.ename, error.evalue, error.source) == ("ZeroDivisionError", "division by zero", "1 / 0")
    assert "division by zero" in error.traceback[-1]
    assert error.cell_index == 4  # title, parameters, injected parameters, a = 1
    assert not marker.exists()


@pytest.mark.parametrize(
    ("source", "ename"),
    [
        ("def (", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("input('namn?')", "StdinNotImplementedError"),
        ("await __import__('asyncio').wait_for(__import__('asyncio').sleep(9), 0.01)", "TimeoutError"),
        ("%finnsinte", "CellExecutionError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        (
            "class Trasig:\n    def _repr_html_(self):\n        raise ValueError('går ej')\nTrasig()",
            "ValueError",
        ),
    ],
)
def test_kinds_of_failure(source: str, ename: str) -> None:
    assert failure(notebook(source)).ename == ename


def test_tags_as_in_nbclient() -> None:
    result = execute(notebook("1 / 0", "'nådd'", tags={0: ["skip-execution"]}))
    assert result.cells[-2].outputs == []
    assert result.cells[-1].outputs[0].data["text/plain"] == "'nådd'"


def test_streams_are_copied_where_papermill_wants_them() -> None:
    out, err = io.StringIO(), io.StringIO()
    execute(
        notebook("import sys; print('hej'); print('oj', file=sys.stderr)"), stdout_file=out, stderr_file=err
    )
    assert (out.getvalue(), err.getvalue()) == ("hej\n", "oj\n")


def test_a_time_limit_is_refused_rather_than_ignored() -> None:
    with pytest.raises(ValueError, match="tidsgräns"):
        execute(notebook("1"), execution_timeout=5)


def test_papermill_finds_the_engine_and_its_command_runs_it(tmp_path: Path) -> None:
    assert papermill.engines.papermill_engines.get_engine("effektiv") is EffektivEngine
    node = notebook("print(kommun)")
    node.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    node.metadata.language_info = {"name": "python"}
    nbformat.write(node, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "effektiv", "-r", "kommun", "0319"]
    command += [str(tmp_path / "in.ipynb"), str(tmp_path / "ut.ipynb"), "--no-progress-bar"]
    subprocess.run(command, check=True, capture_output=True)
    assert nbformat.read(tmp_path / "ut.ipynb", as_version=4).cells[-1].outputs[0].text == "0319\n"


DIRTY = [
    "import builtins, decimal, gettext, locale, logging, os, random, socket, sys, tempfile, warnings\n"
    "import matplotlib, numpy as np, pandas as pd, matplotlib.pyplot as plt",
    "hemlig = 'A'\nbuiltins.hemlig = 'A'\nlen = lambda x: -1\nbuiltins.abs = lambda x: -1",
    "os.environ['EFFEKTIV_PROV'] = 'A'; os.environ.pop('PATH', None)\nos.chdir(tempfile.gettempdir())",
    "sys.path.insert(0, '/finns/inte'); sys.argv[:] = ['x']; sys.setrecursionlimit(3333)\n"
    "sys.displayhook = print; sys.excepthook = print; sys.modules['__main__'].mark = 1",
    "matplotlib.rcParams['figure.dpi'] = 17; plt.style.use('ggplot'); matplotlib.use('svg'); plt.figure()",
    "%config InlineBackend.figure_format = 'svg'\n%config InlineBackend.close_figures = False\nplt.figure(); None",
    "np.random.seed(0); np.set_printoptions(precision=1); np.seterr(all='raise'); random.seed(0)",
    "pd.set_option('display.max_rows', 3); pd.set_option('display.precision', 1)",
    "warnings.simplefilter('ignore'); decimal.getcontext().prec = 3; socket.setdefaulttimeout(1)",
    "locale.setlocale(locale.LC_ALL, 'C')",
    "logging.basicConfig(level=logging.DEBUG, force=True); logging.getLogger('ny').setLevel(1)\nlogging.disable(50)",
    "get_ipython().events.register('post_run_cell', lambda result: print('läcka'))\n%load_ext autoreload",
    "import asyncio\ntask = asyncio.ensure_future(asyncio.sleep(3600))\nawait asyncio.sleep(0)",
    "import effektiv.steg, json, math\njson.dumps = None; json.JSONEncoder.default = None; json.JSONEncoder.ny = len\n"
    "math.pi = 3; tempfile.tempdir = '/finns/inte'; os.getcwd = None; json.len = None; effektiv.steg.ny = 1\n"
    "effektiv.steg.STEPS = {}; sys.modules['decimal'] = None; del sys.modules['locale']",
    "import gc\ngc.disable(); gc.set_threshold(1, 1, 1); gc.callbacks.append(lambda *_: None)\n"
    "sys.setswitchinterval(0.5); sys.tracebacklimit = 0; sys.set_int_max_str_digits(1000)",
    "matplotlib.colormaps.register(matplotlib.colormaps['viridis'], name='egen')\n"
    "from matplotlib import font_manager\nfont_manager.fontManager.ttflist.clear()",
    "get_ipython().ast_node_interactivity = 'all'; sys.stdout = None",
]
DIRTY_POSIX = [
    "import os, signal, time, resource\nos.environ['TZ'] = 'Asia/Tokyo'; time.tzset(); os.umask(0o777)",
    "signal.signal(signal.SIGUSR1, print); signal.alarm(600); signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])",
    "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\nresource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))",
    "os.dup2(os.open(os.devnull, os.O_WRONLY), 2)",
]


def process_state() -> dict[str, Any]:
    root = logging.getLogger()
    return {
        "environ": dict(os.environ),
        "cwd": Path.cwd(),
        "path": list(sys.path),
        "argv": list(sys.argv),
        "main": sys.modules["__main__"],
        "streams": (sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "limit": sys.getrecursionlimit(),
        "builtins": dict(vars(builtins)),
        "rc": {key: value for key, value in plt.rcParams.items() if key != "backend"},
        "backend": plt.get_backend(),
        "figures": plt.get_fignums(),
        "numpy": (np.get_printoptions(), np.geterr(), str(np.random.get_state())),  # noqa: NPY002
        "random": random.getstate(),
        "pandas": (pd.get_option("display.max_rows"), pd.get_option("display.precision")),
        "warnings": list(warnings.filters),
        "decimal": decimal.getcontext().prec,
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": (root.level, list(root.handlers), root.manager.disable, logging.getLogger("ny").level),
        "shell": get_ipython(),
        "json": (json.dumps, json.JSONEncoder.default, hasattr(json.JSONEncoder, "ny"), hasattr(json, "len")),
        "names": (math.pi, tempfile.gettempdir(), os.getcwd, STEPS, hasattr(effektiv.steg, "ny")),
        "modules": (sys.modules["decimal"], sys.modules["locale"]),
        "gc": (gc.isenabled(), gc.get_threshold(), len(gc.callbacks)),
        "interpreter": (
            sys.getswitchinterval(),
            hasattr(sys, "tracebacklimit"),
            sys.get_int_max_str_digits(),
        ),
        "maps": set(matplotlib.colormaps),
        "fonts": list(font_manager.fontManager.ttflist),
        **(posix_state() if os.name != "nt" else {}),
    }


def posix_state() -> dict[str, Any]:
    mask = os.umask(0)
    os.umask(mask)
    return {
        "zone": (time.tzname, time.localtime(0).tm_hour),
        "umask": mask,
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        "alarm": signal.getitimer(signal.ITIMER_REAL),
        "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
        "descriptors": [os.fstat(number).st_ino for number in (0, 1, 2)],
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
    }


@pytest.mark.filterwarnings("ignore:Matplotlib is currently using")
def test_a_notebook_leaves_the_process_as_it_was() -> None:
    execute(notebook("1"))  # first use loads what it needs
    plt.switch_backend("agg")
    before = process_state()
    worn = isolation.worn()
    execute(notebook(*DIRTY[:-1], *(DIRTY_POSIX if os.name != "nt" else []), DIRTY[-1]))
    after = process_state()
    for name, value in before.items():
        assert after[name] == value, name
    assert isolation.worn() == worn, "allt gick att ställa tillbaka"


@pytest.mark.skipif(os.name == "nt", reason="Windows har ingen sådan prioritet")
def test_priority_is_put_back_or_the_process_is_worn() -> None:
    """Only an administrator may raise it again."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    worn = len(isolation.worn())
    execute(notebook("import os\nos.nice(1)"))
    try:
        if os.geteuid() == 0:
            assert (os.getpriority(os.PRIO_PROCESS, 0), len(isolation.worn())) == (before, worn)
        else:
            assert isolation.worn()[worn:] and isolation.worn()[-1].startswith("_process: ")
    finally:
        if os.geteuid() == 0:
            os.setpriority(os.PRIO_PROCESS, 0, before)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            "import threading\nstopp = threading.Event()\nthreading.Thread(target=stopp.wait, daemon=True).start()",
            "_threads",
        ),
        (
            "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
            "_children",
        ),
        ("import os, tempfile\nplats = tempfile.mkdtemp()\nos.chdir(plats)\nos.rmdir(plats)", ""),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_cannot_be_put_back_is_noted(source: str, why: str) -> None:
    """The notebook itself is not to blame, and the next one's process is another (`test_isolation`)."""
    worn = len(isolation.worn())
    execute(notebook(source))
    assert [text.partition(":")[0] for text in isolation.worn()[worn:]] == ([why] if why else [])


def test_a_short_thread_may_end_by_itself() -> None:
    worn = isolation.worn()
    execute(notebook("import threading, time\nthreading.Thread(target=time.sleep, args=(0.1,)).start()"))
    execute(notebook("import asyncio\nawait asyncio.to_thread(len, 'ab')"))
    assert isolation.worn() == worn


def test_a_notebook_that_fails_leaves_the_process_as_it_was() -> None:
    execute(notebook("1"))
    before = process_state()
    failure(notebook(*DIRTY[:4], "1 / 0"))
    assert process_state() == before


@pytest.mark.filterwarnings("default::UserWarning")
def test_the_next_notebook_sees_nothing_of_the_one_before() -> None:
    curious = [
        "[name for name in ('hemlig', 'mark', 'task') if name in globals()], hasattr(__builtins__, 'hemlig')",
        "import os, sys, logging\nos.environ.get('EFFEKTIV_PROV'), sys.argv, logging.getLogger().level, abs(-2), len('ab')",
        "import pandas as pd, numpy as np, matplotlib.pyplot as plt\npd.DataFrame({'x': [1.23456789] * 5})",
        "np.array([1.23456789]), plt.rcParams['figure.dpi'], plt.get_fignums(), plt.get_backend()",
        "plt.plot([1, 2]);",
        "1\n2",
        "In, Out, __import__('asyncio').all_tasks.__name__",
        "import warnings\nwarnings.warn('syns varje gång')",
    ]
    alone = execute(notebook(*curious))
    execute(notebook(*DIRTY))
    after = execute(notebook(*curious))
    assert outputs(after) == outputs(alone)


def test_many_notebooks_do_not_pile_up() -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(item, CellShell) for item in gc.get_objects())

    before = alive()
    for _ in range(5):
        execute(notebook("import numpy as np\nstor = np.zeros(1_000_000)\nstor[:3]"))
    assert alive() <= before + 1, "den senaste kan finnas kvar, inte alla"
