"""The command line: ``effektiv rendera``, ``hamta``, ``importera`` and the rest.

Thin: each command turns words into arguments of the library and says what came of it.
What a fault says and which status it ends with is decided in `effektiv.console`. The
libraries that take time to load are imported inside the command that needs them, so
that ``effektiv --help`` answers at once.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from effektiv import console
from effektiv.errors import InputError, SnapshotError
from effektiv.stepfiles import register_step_files

if TYPE_CHECKING:
    import pandas as pd

    from effektiv.data.snapshot import Snapshot
    from effektiv.params import Params
    from effektiv.params.networks import Network
    from effektiv.render import Job, Notebook, ReportResult, RunResult
    from effektiv.render.dask_pool import DaskPool
    from effektiv.render.tasks import Motor

app = typer.Typer(
    cls=console.SwedishGroup,
    help="Arbetsbok för Effektivare kommun: från Kolada till rapport.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_DATA_HELP = "Frysning: exempel (för steg 4–5 exempel-efter), ett namn eller en mapp. Utan valet: den nyaste, annars exempel."

FIRST_AFTER = 4
"""The first step whose example data are those of after the project."""

Municipalities = Annotated[
    list[str] | None,
    typer.Option("--kommun", metavar="NAMN|KOD", help="Kommunens namn eller kod. Kan anges flera gånger."),
]
Steps = Annotated[
    list[str] | None,
    typer.Option("--steg", metavar="1-5", help="Steg. Kan anges flera gånger. Utan valet: alla."),
]
Areas = Annotated[
    list[str] | None,
    typer.Option("--omrade", metavar="ID", help="Fokusområde. Kan anges flera gånger. Utan valet: alla."),
]
ENGINES: dict[str, Motor] = {"effektiv": "effektiv", "kernel": "kernel"}
Output = Annotated[
    Path,
    typer.Option(
        "--ut", metavar="MAPP", show_default=False, help="Mapp för rapporterna. Utan valet: output."
    ),
]
Data = Annotated[str | None, typer.Option("--data", metavar="NAMN|MAPP", help=_DATA_HELP)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; see `effektiv.console.run`."""
    return console.run(app, arguments)


@app.command("rendera", cls=console.SwedishCommand)
def rendera(
    kommun: Municipalities = None,
    alla: Annotated[bool, typer.Option("--alla", help="Alla kommuner i frysningen.")] = False,
    natverk: Annotated[
        list[str] | None,
        typer.Option(
            "--natverk",
            metavar="NAMN",
            help="Nätverket i params/natverk/NAMN.yaml. Med --steg görs också deltagarnas egna rapporter, om inga andra"
            " kommuner anges. Kan anges flera gånger.",
        ),
    ] = None,
    steg: Steps = None,
    omrade: Areas = None,
    data: Data = None,
    ut: Output = Path("output"),
    jobb: Annotated[
        str | None,
        typer.Option(
            "--jobb", metavar="ANTAL", help="Antal rapporter samtidigt. Utan valet: antalet kärnor."
        ),
    ] = None,
    tvinga: Annotated[
        bool, typer.Option("--tvinga", help="Gör om även de rapporter som inget har ändrats för.")
    ] = False,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="html,xlsx,pdf,docx",
            show_default=False,
            help="Filer för varje rapport, med komma emellan; html görs alltid. Utan valet: html,xlsx."
            " docx finns för beslut och sammanfattning. För pdf och docx behövs Chromium, Chrome eller Edge.",
        ),
    ] = "html,xlsx",
    underlag: Annotated[
        bool,
        typer.Option(
            "--underlag", help="Ta med underlaget i utskriften och i pdf; annars är det bara på skärmen."
        ),
    ] = False,
    timeout: Annotated[
        str,
        typer.Option(
            "--timeout",
            metavar="SEKUNDER",
            show_default=False,
            help="Längsta tid för en cell. Utan valet: 120.",
        ),
    ] = "120",
    motor: Annotated[
        str,
        typer.Option(
            "--motor",
            metavar="effektiv|kernel",
            show_default=False,
            help="kernel kör varje notebook i en egen Jupyterkärna, för felsökning.",
        ),
    ] = "effektiv",
    logg: Annotated[
        Path | None,
        typer.Option(
            "--logg", metavar="FIL", help="Fil att skriva till hur det går, efter det som står där."
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADRESS", help="Gör rapporterna på Daskklustret med den adressen, inte här."
        ),
    ] = None,
    uppgifter: Annotated[
        str | None,
        typer.Option(
            "--uppgifter",
            metavar="MÄRKE",
            help="Gör rapporterna på kommunens egna uppgifter som de var. Märket står i effektiv status --kedja.",
        ),
    ] = None,
) -> int:
    """Gör rapporter av notebookarna för en, flera eller alla kommuner, eller för ett nätverk av flera."""
    from effektiv.progress import follow
    from effektiv.render import find_notebooks, run
    from effektiv.steg import STEPS

    steps: list[int | None] | None = _steps(steg)
    seconds, formats = _number("--timeout", timeout), _formats(format_)
    workers = (os.cpu_count() or 1) if jobb is None else _number("--jobb", jobb)
    if dask is not None and jobb is not None:
        raise InputError("Valen --dask och --jobb kan inte användas tillsammans: klustret har sina egna.")
    if motor not in ENGINES:
        raise InputError(f"Motorn '{motor}' finns inte. Motorerna är {' och '.join(ENGINES)}.")
    _check_choice(kommun, alla, natverk)
    if natverk:
        # A network's own reports alone, unless something else is asked for too.
        steps = [None, *(STEPS if steps is None and (alla or kommun) else steps or ())]
    notebooks = find_notebooks(notebooks_root(), steps, omrade)
    portions = _by_snapshot(data, notebooks)
    late = portions[-1][0]
    networks = _networks(natverk, late, _name_places()) if natverk else {}
    if alla or kommun:
        own = list(_names(late)) if alla else [late.kommun(text) for text in kommun or ()]
    else:
        own = [item.code for network in networks.values() for item in network.participants]
    own = list(dict.fromkeys(own))
    codes = list(dict.fromkeys([*own, *(code for network in networks.values() for code in network.codes)]))
    areas = {notebook.omrade for notebook in notebooks}
    areas |= {area for network in networks.values() for area in network.areas}
    jobs: list[Job] = []
    with _own_files(uppgifter, codes) as params_folder:
        for number, (snapshot, mine) in enumerate(portions):
            params = _all_params(codes, areas, snapshot, params_folder, quiet=number > 0)
            of_steps = [notebook for notebook in mine if notebook.steg is not None]
            if len(own) > 1 and of_steps:
                _prepare_national(snapshot, {notebook.steg for notebook in of_steps})
            jobs += _jobs(own, of_steps, snapshot, params, with_underlag=underlag)
            if natverk and snapshot is late:
                of_networks = [notebook for notebook in mine if notebook.steg is None]
                jobs += _network_jobs(
                    networks, of_networks, snapshot, params, params_folder, with_underlag=underlag
                )
        # One municipality's reports after the other, so that the first are finished early; networks last.
        jobs.sort(key=lambda job: len(own) if job.kod is None else own.index(job.kod))
        if uppgifter is None:
            _keep_own_files(params)
        preload = _preload(notebook.steg for notebook in notebooks)
        snapshots = [snapshot for snapshot, _ in portions]
        with (
            _cluster(dask, preload, snapshots, params_folder, codes) as pool,
            follow(len(jobs), log=logg) as tell,
        ):
            result = run(
                jobs,
                ut,
                snapshot=", ".join(snapshot.name for snapshot in snapshots),
                jobb=workers,
                timeout=seconds,
                tvinga=tvinga,
                motor=ENGINES[motor],
                formats=formats,
                preload=preload,
                progress=tell,
                pool=pool,
            )
    return _tell_run(result)


@app.command("bilaga", cls=console.SwedishCommand)
def bilaga(
    kommun: Annotated[
        str | None, typer.Argument(metavar="KOMMUN", help="Kommunens namn eller fyrsiffriga kod.")
    ] = None,
    data: Data = None,
    ut: Output = Path("output"),
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="html,pdf,docx",
            show_default=False,
            help="Filer, med komma emellan. Utan valet: alla tre. För pdf och docx behövs Chromium, Chrome eller Edge.",
        ),
    ] = "html,pdf,docx",
    tjansteskrivelse: Annotated[
        bool,
        typer.Option(
            "--tjansteskrivelse",
            help="Gör också tjänsteskrivelsen om att delta, med texten i projekt.yaml. För den behövs Chromium,"
            " Chrome eller Edge.",
        ),
    ] = False,
    alla_steg: Annotated[
        bool,
        typer.Option(
            "--alla-steg",
            help="Gör i stället ett dokument av kommunens alla steg, för de valda fokusområdena.",
        ),
    ] = False,
) -> int:
    """Gör bilagan till ansökan: översikten och de valda fokusområdena som ett dokument."""
    from effektiv.data.snapshot import open_snapshot
    from effektiv.render import find_notebooks
    from effektiv.render.appendix import FORMATS, make_appendix
    from effektiv.steg import STEPS

    if kommun is None:
        raise InputError("Ange en kommun, till exempel: effektiv bilaga Exempelby")
    formats = _among(format_, FORMATS)
    if alla_steg:
        if tjansteskrivelse:
            raise InputError("Valen --alla-steg och --tjansteskrivelse kan inte användas tillsammans.")
        return _make_whole(kommun, data, ut, formats)
    step, root = STEPS[1], notebooks_root()
    overview = _overview()
    notebooks = find_notebooks(root, [1], None)
    snapshot = open_snapshot(data)
    code = snapshot.kommun(kommun)
    params = _all_params([code], {notebook.omrade for notebook in notebooks}, snapshot, _name_places())
    jobs = {job.omrade: job for job in _jobs([code], notebooks, snapshot, params)}
    _check_overview(overview in jobs, root)
    files = make_appendix(
        jobs[overview],
        {area: job for area, job in jobs.items() if area not in step.topics},
        ut,
        formats=formats,
        workers=os.cpu_count() or 1,
        preload=_preload([1]),
        paper=_paper_job(code, snapshot, params) if tjansteskrivelse else None,
    )
    print(f"Bilagan för {jobs[overview].kommun} är klar:")
    for path in files:
        print(f"  {path.as_posix()}")
    if "docx" in formats:
        print("Spara Wordfilen under ett annat namn innan du skriver i den, för nästa bilaga ersätter den.")
    return console.OK


@app.command("hamta", cls=console.SwedishCommand)
def hamta(
    namn: Annotated[
        str | None, typer.Option("--namn", metavar="NAMN", help="Vad frysningen ska heta.")
    ] = None,
    fran_ar: Annotated[
        str,
        typer.Option("--fran-ar", metavar="ÅR", show_default=False, help="Första året. Utan valet: 2015."),
    ] = "2015",
    bas_url: Annotated[
        str | None,
        typer.Option("--bas-url", metavar="URL", help="Annan adress än Koladas egen, eller SCB:s."),
    ] = None,
    uppdatera: Annotated[
        str | None,
        typer.Option(
            "--uppdatera",
            metavar="FRYSNING",
            help="Hämta bara det som ändrats sedan den frysningen; den nya blir ändå hel.",
        ),
    ] = None,
    enheter: Annotated[
        list[str] | None,
        typer.Option(
            "--enheter",
            metavar="KOMMUN",
            help="Hämta kommunens skolor och andra enheter, till en ny frysning med allt som den nyaste har."
            " Kan anges flera gånger.",
        ),
    ] = None,
    befolkning: Annotated[
        list[str] | None,
        typer.Option(
            "--befolkning",
            metavar="KOMMUN",
            help="Hämta kommunens befolkning och framskrivning från SCB, till en ny frysning med allt som den nyaste"
            " har. Kan anges flera gånger.",
        ),
    ] = None,
) -> int:
    """Hämta katalogens nyckeltal från Kolada till en ny frysning, eller befolkningen från SCB.

    En hämtning som avbryts fortsätter där den var när samma kommando körs igen.
    """
    from effektiv.data.catalogue import load_catalogue, source_kpis
    from effektiv.data.fetch import fetch, fetch_population, fetch_units, fetch_update
    from effektiv.data.kolada import BASE_URL, KoladaClient
    from effektiv.data.scb import BASE_URL as SCB_URL
    from effektiv.data.scb import ScbClient
    from effektiv.data.snapshot import open_snapshot

    name = _required("--namn", namn, "kolada-2026-09")
    if befolkning:
        if enheter or uppdatera is not None:
            raise InputError(
                "Valet --befolkning kan inte användas med --enheter eller --uppdatera: gör ett i taget."
            )
        newest = open_snapshot()
        codes = list(dict.fromkeys(newest.kommun(text) for text in befolkning))
        with ScbClient(SCB_URL if bas_url is None else bas_url) as scb:
            try:
                result = fetch_population(name, scb, newest, codes)
            except SnapshotError as error:
                return console.end(str(error), console.FAILED)
        _tell_made(result.snapshot)
        population = result.snapshot.population
        assert population is not None
        years = f"{population['year'].min()}-{population['year'].max()}"
        print(f"Befolkningen i {', '.join(codes)}, åren {years}. {result.requests} frågor ställdes till SCB.")
        return console.OK
    if not re.fullmatch(r"(19|20)\d\d", fran_ar):
        raise InputError(f"Valet --fran-ar har värdet '{fran_ar}' men ska vara ett år, till exempel 2015.")
    if enheter and uppdatera is not None:
        raise InputError("Valen --enheter och --uppdatera kan inte användas tillsammans: uppdatera först.")
    earlier = open_snapshot(uppdatera) if uppdatera is not None or enheter else None
    places = [] if earlier is None else list(dict.fromkeys(earlier.kommun(text) for text in enheter or []))
    with KoladaClient(BASE_URL if bas_url is None else bas_url) as client:
        try:
            if earlier is not None and places:
                result = fetch_units(name, client, earlier, places, progress=sys.stderr.isatty())
            elif earlier is not None:
                result = fetch_update(name, client, earlier, progress=sys.stderr.isatty())
            else:
                result = fetch(
                    name,
                    client,
                    kpis=source_kpis(load_catalogue()),
                    first_year=int(fran_ar),
                    progress=sys.stderr.isatty(),
                )
        except SnapshotError as error:
            return console.end(str(error), console.FAILED)
    _tell_made(result.snapshot)
    pages = f"{result.requests} sidor hämtades"
    print(f"{pages}, {result.resumed} fanns kvar sedan förra försöket." if result.resumed else f"{pages}.")
    if result.problem is not None:
        print(f"Ingen jämförelse med tidigare frysningar gjordes. {result.problem}", file=sys.stderr)
    if result.previous is not None and result.changes is not None:
        _tell_changes(result.previous.name, result.changes)
    return console.OK


@app.command("importera", cls=console.SwedishCommand)
def importera(
    filer: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FIL ...", help="Långa tabeller: csv, tsv eller parquet. * står för alla som passar."
        ),
    ] = None,
    namn: Annotated[
        str | None, typer.Option("--namn", metavar="NAMN", help="Vad frysningen ska heta.")
    ] = None,
    metadata: Annotated[
        Path | None,
        typer.Option(
            "--metadata",
            metavar="MAPP",
            help="Mapp med kpi*.csv, municipality_2*.csv och municipality_groups*.csv.",
        ),
    ] = None,
) -> int:
    """Läs in filer med värden från Kolada, eller Skolverkets tabeller, till en ny frysning.

    Är alla filer tabeller över skolenheter får den nya frysningen allt annat ur den nyaste.
    """
    from effektiv.data.importer import import_files

    if not filer:
        raise InputError("Ange minst en fil, till exempel: effektiv importera varden.csv --namn egna")
    try:
        snapshot = import_files(filer, _required("--namn", namn, "fran-filer"), metadata)
    except SnapshotError as error:
        return console.end(str(error), console.FAILED)
    _tell_made(snapshot)
    return console.OK


@app.command("status", cls=console.SwedishCommand)
def status(
    data: Data = None,
    kedja: Annotated[
        str | None,
        typer.Option(
            "--kedja",
            metavar="KOMMUN",
            help="Visa i stället vad kommunens rapporter vilar på, hur de görs om och vad som är reviderat sedan dess.",
        ),
    ] = None,
    ut: Output = Path("output"),
) -> int:
    """Visa vad en frysning innehåller: områden, år, vad som saknas och avslutade serier."""
    from effektiv.data.catalogue import load_catalogue
    from effektiv.data.contents import contents, renamed
    from effektiv.data.snapshot import open_snapshot

    if kedja is not None:
        return _tell_chain(kedja, data, ut)
    snapshot = open_snapshot(data)
    manifest = snapshot.manifest
    print(f"Frysning {manifest.name}, skapad {manifest.created[:10]}. {manifest.source}")
    _tell_units(snapshot)
    for note in manifest.notes:
        print(f"  {note}")
    catalogue = load_catalogue()
    for area in contents(snapshot, catalogue):
        print()
        print(f"{area.label} ({area.area})")
        if area.short_groups:
            lacking = [f"{title} ({number})" for title, number in area.short_groups.items()]
            more = f" och {len(lacking) - 5} till" if len(lacking) > 5 else ""
            print(f"  Grupper med färre än sju kommuner i frysningen: {', '.join(lacking[:5])}{more}.")
        total = len(area.present) + len(area.absent)
        print(f"  {len(area.present)} av {total} nyckeltal", end="")
        if area.filled is None:
            print(" har värden.")
            continue
        print(
            f" har värden, åren {area.first_year}-{area.last_year};"
            f" i snitt har {100 * area.filled:.0f} % av kommunerna ett värde i nyckeltalets sista år."
        )
        for title, kpis in (("Saknas", area.absent), ("Avslutade serier", area.ended)):
            if kpis:
                print(f"  {title}: {len(kpis)}")
            for kpi in kpis:
                ended = f", sista året {kpi.valid_to}" if kpi.valid_to else ""
                print(f"    {kpi.id}  {kpi.label}, {kpi.unit}{ended}")
    others = renamed(snapshot, catalogue)
    if others:
        print()
        print(
            f"Nyckeltal med ett annat namn i frysningen än i katalogen: {len(others)}. Kontrollera att de mäter samma sak."
        )
    for kpi, title in others:
        print(f"    {kpi.id}  i frysningen: {title}")
        print(f"            i katalogen:  {kpi.title}")
    return console.OK


@app.command("ny", cls=console.SwedishCommand)
def ny(
    kommun: Annotated[
        str | None, typer.Argument(metavar="KOMMUN", help="Kommunens namn eller fyrsiffriga kod.")
    ] = None,
    steg: Annotated[
        str | None,
        typer.Option(
            "--steg", metavar="1-5", help="Lägg till stegets filer, också i en mapp som redan finns."
        ),
    ] = None,
    data: Data = None,
) -> int:
    """Gör kommunens mapp i params, med förklaringar och utgångsvärden."""
    from effektiv.data.catalogue import load_catalogue
    from effektiv.data.snapshot import open_snapshot
    from effektiv.params import params_root, shown, write_new

    if kommun is None:
        raise InputError("Ange en kommun, till exempel: effektiv ny Exempelby")
    step = None if steg is None else _step(steg)
    register_step_files()
    snapshot = open_snapshot(data)
    code = snapshot.kommun(kommun)
    root, areas = params_root(), load_catalogue().areas.values()
    files = write_new(root, code, _names(snapshot)[code], areas, step)
    for path in files:
        print(shown(path))
    folder = root / files[0].relative_to(root).parts[0]
    print(f"Fyll i filerna och kontrollera dem med: effektiv kontrollera {shown(folder)}")
    return console.OK


@app.command("kontrollera", cls=console.SwedishCommand)
def kontrollera(
    mappar: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[MAPP ...]", help="Kommunernas mappar. Utan argument: alla i params, och nätverken."
        ),
    ] = None,
    data: Data = None,
) -> int:
    """Kontrollera kommunernas mappar i params mot en frysning, som rendera gör innan den börjar.

    Varje fel anges med fil, rad och nyckel.
    """
    from effektiv.checking import Checker
    from effektiv.data.catalogue import load_catalogue
    from effektiv.data.snapshot import EXAMPLE_HINT, open_snapshot
    from effektiv.data.tables import expand
    from effektiv.params import is_invented, municipality_folders, network_files, shown, strays

    register_step_files()
    root = _params_folder()
    # A pattern is not replaced by every command window.
    folders = [folder for path in mappar for folder in expand(path)] if mappar else municipality_folders(root)
    if not folders:
        print(f"Det finns inga mappar i {shown(root)}. Gör en med: effektiv ny KOMMUN")
    for stray in [] if mappar else strays(root):
        print(stray, file=sys.stderr)
    checker = Checker(open_snapshot(data), load_catalogue(), root)
    faulty = False
    for folder in folders:
        if not mappar and checker.passes_over(folder):
            print(f"{shown(folder)}: kommunen är påhittad och kontrolleras bara mot exempeldatan.")
            continue
        reading = checker.folder(folder)
        wrong = [*reading.problems, *reading.passed]
        for problem in [*wrong, *reading.notes]:
            print(problem, file=sys.stderr)
        if not wrong:
            print(f"{shown(folder)}: inga fel mot frysningen {checker.snapshot.name}.")
        faulty = faulty or bool(wrong)
    for path in [] if mappar else network_files(root):
        if not checker.snapshot.is_example and is_invented(path):
            print(f"{shown(path)}: kommunerna är påhittade och kontrolleras bara mot exempeldatan.")
            continue
        network = checker.network(path)
        wrong = [*network.problems, *network.passed]
        for problem in wrong:
            print(problem, file=sys.stderr)
        if not wrong:
            print(f"{shown(path)}: inga fel mot frysningen {checker.snapshot.name}.")
        faulty = faulty or bool(wrong)
    if faulty and checker.snapshot.is_example:
        print(f"Kontrollen gjordes mot exempeldatan. {EXAMPLE_HINT}", file=sys.stderr)
    return console.WRONG_CALL if faulty else console.OK


@app.command("las", cls=console.SwedishCommand)
def las(
    kommun: Annotated[
        str | None, typer.Argument(metavar="KOMMUN", help="Kommunens namn eller fyrsiffriga kod.")
    ] = None,
    omrade: Annotated[
        str | None, typer.Option("--omrade", metavar="ID", help="Fokusområdet vars mål ska låsas.")
    ] = None,
    manad: Annotated[
        str | None,
        typer.Option(
            "--manad", metavar="MÅNAD", help="Månaden vars filer och förutsägelser ska låsas, som 2026-03."
        ),
    ] = None,
    nytt_skal: Annotated[
        str | None,
        typer.Option("--nytt-skal", metavar="SKÄL", help="Varför det som redan är låst har ändrats."),
    ] = None,
    data: Data = None,
) -> int:
    """Lås ett områdes mål innan arbetet börjar, eller en månads uppgifter när de är lämnade."""
    from effektiv.data.catalogue import load_catalogue
    from effektiv.data.snapshot import open_snapshot
    from effektiv.params import load_params, shown
    from effektiv.steps.s3_atgarder.lock import lock_area
    from effektiv.steps.s4_forbattringsarbete.months_lock import lock_month

    if kommun is None:
        raise InputError("Ange en kommun, till exempel: effektiv las Exempelby --omrade grundskola")
    if manad is not None and omrade is not None:
        raise InputError("Ange --omrade eller --manad, inte båda: ett mål och en månad låses var för sig.")
    areas = tuple(load_catalogue().areas)
    area = _required("--omrade", omrade, "grundskola") if manad is None else ""
    if area and area not in areas:
        raise InputError(f"Området '{area}' finns inte. Områdena är {', '.join(areas)}.")
    if nytt_skal is not None and not nytt_skal.strip():
        what = "målet" if manad is None else "månaden"
        raise InputError(f"Valet --nytt-skal är tomt men ska säga varför {what} har ändrats.")
    register_step_files()
    snapshot = open_snapshot(data)
    code = snapshot.kommun(kommun)
    params = load_params(code, _params_folder(), areas=areas, places=snapshot.places)
    if manad is not None:
        print(f"{shown(lock_month(params, manad, nytt_skal))}: månaden är låst.")
    else:
        print(f"{shown(lock_area(params, area, snapshot, nytt_skal))}: målet är låst.")
    return console.OK


@app.command("lab", cls=console.SwedishCommand)
def lab(
    port: Annotated[
        str | None,
        typer.Option(
            "--port", metavar="PORT", help="Port på den här datorn. Utan valet: den första lediga från 8888."
        ),
    ] = None,
    ingen_webblasare: Annotated[
        bool,
        typer.Option("--ingen-webblasare", help="Öppna ingen webbläsare, bara skriv adressen."),
    ] = False,
) -> int:
    """Öppna notebookarna i JupyterLab."""
    from effektiv.data.snapshot import data_folder
    from effektiv.params import params_root

    root = notebooks_root()
    options = {
        "ServerApp.root_dir": root,
        "ServerApp.open_browser": not ingen_webblasare,
    }
    if port is not None:
        options |= {"ServerApp.port": _free_port(port), "ServerApp.port_retries": 0}
    # A notebook's working folder is its own: name the folders that "here" means now.
    # Beside the notebooks the reports are made, which the server is to show.
    places = {"EFFEKTIV_DATA": data_folder(), "EFFEKTIV_PARAMS": params_root(), "EFFEKTIV_LAB": root.parent}
    environment = os.environ | {name: str(path.resolve()) for name, path in places.items() if path.is_dir()}
    # There JupyterLab is told not to ask in English for its news, and to show reports (`effektiv.lab`).
    settings = [str(Path(__file__).with_name("lab")), environment.get("JUPYTER_CONFIG_PATH", "")]
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    words = [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen([sys.executable, "-m", "jupyterlab", *words], env=environment)
    while True:
        try:
            status = process.wait()
        except console.Terminated:
            process.terminate()  # What ends this command ends the server, and the server its kernels.
        except KeyboardInterrupt:
            continue  # JupyterLab has got Ctrl-C as well, and asks itself whether to stop.
        else:
            return status if status >= 0 else 128 - status


def _free_port(text: str) -> int:
    """Return a port that nobody uses; JupyterLab would say in English that somebody does, or take another."""
    port = _number("--port", text)
    if port > 65535:
        raise InputError(f"Valet --port har värdet '{text}' men ska vara högst 65535.")
    with socket.socket() as trial:
        if os.name != "nt":  # where it means that two may share a port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise InputError(
                f"Porten {port} går inte att använda: välj en annan med --port, till exempel 8890."
            ) from error
    return port


def notebooks_root() -> Path:
    """Return the folder of the notebooks.

    The environment variable ``EFFEKTIV_NOTEBOOKS`` decides; without it, ``notebooks/``
    in the working folder or the nearest one above, else beside this library.

    Raises
    ------
    InputError
        If there is none.
    """
    named = os.environ.get("EFFEKTIV_NOTEBOOKS")
    if named:
        if not Path(named).is_dir():
            raise InputError(f"Mappen {named} som EFFEKTIV_NOTEBOOKS anger finns inte.")
        return Path(named).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if any((folder / "notebooks").glob("[1-5]-*/*.ipynb")):
            return folder / "notebooks"
    raise InputError(
        "Mappen notebooks hittas inte: kör effektiv i projektets mapp eller ange den i EFFEKTIV_NOTEBOOKS."
    )


# What the commands share ---------------------------------------------------------------


def _number(option: str, text: str) -> int:
    """Return a whole number above zero."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise InputError(f"Valet {option} har värdet '{text}' men ska vara ett heltal större än noll.")
    return int(text)


def _steps(texts: list[str] | None) -> list[int | None] | None:
    """Return the chosen steps; None when the option was left out."""
    return None if texts is None else [_step(text) for text in texts]


def _data_for(data: str | None, step: int | None) -> str | None:
    """Return what a step, or the networks (None), is made of: of the example, the last have data of their own."""
    from effektiv.data.snapshot import EXAMPLE, EXAMPLE_AFTER, open_snapshot

    is_late = step is None or step >= FIRST_AFTER
    is_example = data == EXAMPLE or (data is None and open_snapshot(None).name == EXAMPLE)
    return EXAMPLE_AFTER if is_late and is_example else data


def _by_snapshot(data: str | None, notebooks: Iterable[Notebook]) -> list[tuple[Snapshot, list[Notebook]]]:
    """Return the notebooks with what they are made of, the steps of one snapshot together and the latest steps last."""
    from effektiv.data.snapshot import open_snapshot

    found: dict[str | None, list[Notebook]] = {}
    for notebook in sorted(notebooks, key=lambda item: item.steg is None):
        found.setdefault(_data_for(data, notebook.steg), []).append(notebook)
    return [(open_snapshot(name), items) for name, items in found.items()]


def _step(text: str) -> int:
    if text not in {"1", "2", "3", "4", "5"}:
        raise InputError(f"Steget '{text}' finns inte. Stegen är 1, 2, 3, 4 och 5.")
    return int(text)


def _formats(text: str) -> list[str]:
    """Return the chosen formats; HTML is always one, since index and PDF are made of it."""
    from effektiv.render.tasks import FORMATS

    return list(dict.fromkeys(["html", *_among(text, FORMATS)]))


def _among(text: str, formats: Sequence[str]) -> list[str]:
    """Return the formats of a list with commas."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in formats:
            raise InputError(f"Formatet '{name}' finns inte. Formaten är {', '.join(formats)}.")
    return names


def _required(option: str, value: str | None, example: str) -> str:
    if value is None:
        raise InputError(f"Valet {option} saknas, till exempel: {option} {example}")
    return value


def _names(snapshot: Snapshot) -> dict[str, str]:
    """Return the names of the municipalities by code, in the order of the codes."""
    kommuner = snapshot.municipalities[snapshot.municipalities["type"] == "K"]
    return dict(zip(kommuner["id"], kommuner["title"], strict=True))


def _check_choice(kommun: list[str] | None, alla: bool, natverk: list[str] | None) -> None:
    """Refuse a call that names nobody, or several in ways that exclude each other."""
    if alla and kommun:
        raise InputError("Valen --alla och --kommun kan inte användas tillsammans.")
    if not alla and not kommun and not natverk:
        raise InputError("Ange vilken kommun: --kommun NAMN, eller --alla.")


def _params_folder() -> Path:
    """Return the folder of the municipalities' folders: here, else beside the notebooks."""
    from effektiv.params import params_root

    here = params_root()
    if here.is_dir():
        return here
    beside = notebooks_root().parent / "params"
    return beside if beside.is_dir() else here


def _name_places() -> Path:
    """Tell the workers, whose working folder is another, where data and params are; return the latter."""
    from effektiv.data.snapshot import data_folder

    params = _params_folder()
    os.environ["EFFEKTIV_DATA"] = str(data_folder().resolve())
    if params.is_dir():
        os.environ["EFFEKTIV_PARAMS"] = str(params.resolve())
    return params


@contextmanager
def _own_files(mark: str | None, codes: Sequence[str]) -> Iterator[Path]:
    """Give the folder of the municipalities' folders: as it is, or one with a municipality's files as they were."""
    from effektiv.params.kept import as_it_was

    root = _name_places()
    if mark is None:
        yield root
        return
    if len(codes) != 1:
        raise InputError("Valet --uppgifter kan bara användas med en kommun.")
    before = os.environ.get("EFFEKTIV_PARAMS")
    with as_it_was(root, codes[0], mark) as place:
        os.environ["EFFEKTIV_PARAMS"] = str(place)
        try:
            yield place
        finally:
            # Only this run is made of them.
            if before is None:
                del os.environ["EFFEKTIV_PARAMS"]
            else:
                os.environ["EFFEKTIV_PARAMS"] = before


def _keep_own_files(params: Mapping[str, Params]) -> None:
    """Keep the municipalities' files as they are now; where they cannot be, the reports are made all the same."""
    from effektiv.params.kept import keep, mark_of

    for found in params.values():
        if found.folder is not None:
            try:
                keep(found.folder, mark_of(found.folder))
            except InputError as error:
                print(error, file=sys.stderr)


def _name_of(snapshot: Snapshot) -> str:
    """Return the notebooks' parameter: a name where it is enough, which is the same on every machine."""
    from effektiv.data.snapshot import data_folder

    if snapshot.is_example:
        return snapshot.name
    known = data_folder() / snapshot.name
    return snapshot.name if known.resolve() == snapshot.path else str(snapshot.path)


def _preload(steps: Iterable[int | None]) -> tuple[str, ...]:
    """Return what each worker is to import before its first report: what opens a case, and the steps' cases."""
    from effektiv.steg import step_of

    modules = {step_of(step).module for step in steps}
    return ("effektiv.steps.opening", *sorted(module for module in modules if module is not None))


@contextmanager
def _cluster(
    address: str | None,
    preload: Sequence[str],
    snapshots: Sequence[Snapshot],
    params: Path,
    codes: Sequence[str],
) -> Iterator[DaskPool | None]:
    """Connect to the Dask cluster at the address; None without one.

    Raises
    ------
    InputError
        A snapshot has no name that notebooks on another machine could find it by.
    """
    from effektiv.data.snapshot import data_folder
    from effektiv.data.store import FOLDER
    from effektiv.params.folders import NETWORKS
    from effektiv.render.dask_pool import DaskPool
    from effektiv.render.parcel import Place

    if address is None:
        yield None
        return
    names, folder = [_name_of(snapshot) for snapshot in snapshots], data_folder()
    for name, snapshot in zip(names, snapshots, strict=True):
        if Path(name).is_absolute():
            raise InputError(
                f"Med --dask behöver frysningen ett namn som gäller på alla datorer: flytta {name} till"
                f" {folder / snapshot.name}, eller ange mappen ovanför i EFFEKTIV_DATA."
            )
    places = (
        Place(
            "EFFEKTIV_DATA", folder, tuple(part for name in names for part in (name, f"{FOLDER}/{name}-*"))
        ),
        Place("EFFEKTIV_PARAMS", params, (f"{NETWORKS}/*", *(f"{code}-*" for code in codes))),
    )
    with DaskPool(address, preload, places) as pool:
        yield pool


def _prepare_national(snapshot: Snapshot, steps: Collection[int | None]) -> None:
    """Compute what is the same for all municipalities once, so that the workers only open it.

    For a single municipality the workers do it: at the same time, and no more than its reports need.
    """
    from effektiv.steps.opening import prepare

    prepare(snapshot, steps)


def _all_params(
    codes: Sequence[str], areas: Collection[str], snapshot: Snapshot, root: Path, *, quiet: bool = False
) -> dict[str, Params]:
    """Return the params of the chosen municipalities, and name files that are not read; `quiet` where that is done.

    Raises
    ------
    ParamsError
        With the problems of all of them, so that they can be put right at once.
    """
    from effektiv.checking import Checker
    from effektiv.data.catalogue import load_catalogue
    from effektiv.params import ParamsError, strays

    register_step_files()
    checker = Checker(snapshot, load_catalogue(), root)
    readings = {code: checker.municipality(code, areas) for code in codes}
    problems = [problem for reading in readings.values() for problem in reading.problems]
    if problems:
        raise ParamsError(problems)
    if not quiet:
        told = (problem for reading in readings.values() for problem in (*reading.passed, *reading.notes))
        for problem in (*strays(root), *told):
            print(problem, file=sys.stderr)
    return {code: reading.params for code, reading in readings.items() if reading.params is not None}


def _jobs(
    codes: Sequence[str],
    notebooks: Sequence[Notebook],
    snapshot: Snapshot,
    params: Mapping[str, Params],
    *,
    with_underlag: bool = False,
) -> list[Job]:
    """Return the reports of some municipalities: one of each notebook."""
    from effektiv.chain import basis, basis_of
    from effektiv.render import Job

    names = _names(snapshot)
    common = {code: basis(snapshot, params[code]) for code in codes}
    foundations = {code: _foundation(snapshot, params[code]) for code in codes}
    return [
        Job(
            kod=code,
            kommun=names[code],
            steg=notebook.steg,
            omrade=notebook.omrade,
            notebook=notebook.path,
            parameters={
                "kommun": code,
                "data": _name_of(snapshot),
                "jamfor_med": params[code].jamfor_med,
            },
            underlag=foundations[code],
            med_underlag=with_underlag,
            grund=basis_of(common[code], params[code], notebook.steg, notebook.omrade, notebook.path),
        )
        for code in codes
        for notebook in notebooks
    ]


def _networks(names: Sequence[str], snapshot: Snapshot, root: Path) -> dict[str, Network]:
    """Return what the named networks' files say, by the name of the file, and tell of what is wrong but stops nothing.

    Raises
    ------
    InputError
        One of them does not exist.
    ParamsError
        With the problems of all of them.
    """
    from effektiv.checking import Checker
    from effektiv.data.catalogue import load_catalogue
    from effektiv.params import ParamsError, find_network

    checker = Checker(snapshot, load_catalogue(), root)
    readings = {path.stem: checker.network(path) for path in (find_network(name, root) for name in names)}
    problems = [problem for reading in readings.values() for problem in reading.problems]
    if problems:
        raise ParamsError(problems)
    for reading in readings.values():
        for problem in reading.passed:
            print(problem, file=sys.stderr)
    return {name: reading.said for name, reading in readings.items() if reading.said is not None}


def _network_jobs(
    networks: Mapping[str, Network],
    notebooks: Sequence[Notebook],
    snapshot: Snapshot,
    params: Mapping[str, Params],
    root: Path,
    *,
    with_underlag: bool,
) -> list[Job]:
    """Return the reports of some networks: of participants where there are any, and of applicants.

    A single notebook that was asked for is made in any case, and says that there are none.
    """
    from effektiv.params import find_network
    from effektiv.render import Job

    jobs = []
    for name, network in networks.items():
        digest = hashlib.sha256(find_network(name, root).read_bytes())
        for code in network.codes:
            digest.update(_foundation(snapshot, params[code]).encode())
        has = {"natverk": bool(network.participants), "urval": bool(network.applicants)}
        jobs += [
            Job(
                kod=None,
                kommun=name,
                steg=None,
                omrade=notebook.omrade,
                notebook=notebook.path,
                parameters={"natverk": name, "data": _name_of(snapshot)},
                underlag=digest.hexdigest(),
                med_underlag=with_underlag,
            )
            for notebook in notebooks
            if len(notebooks) == 1 or has.get(notebook.omrade, True)
        ]
    return jobs


def _overview() -> str:
    """Return the topic that says which focus areas are chosen."""
    from effektiv.steg import STEPS

    return next(iter(STEPS[1].first))


def _check_overview(is_there: bool, root: Path) -> None:
    from effektiv.steg import STEPS

    if not is_there:
        place = root / STEPS[1].folder / _overview()
        raise InputError(f"Bilagan börjar med översikten, men {place}.ipynb finns inte.")


def _make_whole(kommun: str, data: str | None, ut: Path, formats: Sequence[str]) -> int:
    """Make the document of all steps, each on the data that `rendera` would take for it."""
    from effektiv.data.snapshot import open_snapshot
    from effektiv.render import find_notebooks
    from effektiv.render.office import find_office
    from effektiv.render.whole import make_whole

    root = notebooks_root()
    notebooks = find_notebooks(root)
    _check_overview(any((item.steg, item.omrade) == (1, _overview()) for item in notebooks), root)
    jobs: list[Job] = []
    params: dict[str, dict[str, Params]] = {}
    for steg in dict.fromkeys(item.steg for item in notebooks if item.steg is not None):
        snapshot = open_snapshot(_data_for(data, steg))
        code = snapshot.kommun(kommun)
        if snapshot.name not in params:
            areas = {notebook.omrade for notebook in notebooks}
            params[snapshot.name] = _all_params([code], areas, snapshot, _name_places(), quiet=bool(params))
        of_step = [item for item in notebooks if item.steg == steg]
        jobs += _jobs([code], of_step, snapshot, params[snapshot.name])
    files = make_whole(
        jobs, ut, formats=formats, workers=os.cpu_count() or 1, preload=_preload({job.steg for job in jobs})
    )
    print(f"Dokumentet med alla steg för {jobs[0].kommun} är klart:")
    for path in files:
        print(f"  {path.as_posix()}")
    if "docx" in formats and find_office() is None:
        print(
            "Sidnumren i Wordfilens innehållsförteckning räknar Word när filen öppnas: svara ja på frågan om fält."
        )
    return console.OK


def _paper_job(code: str, snapshot: Snapshot, params: Mapping[str, Params]) -> Job:
    """Return the paper on taking part, which needs step 1 only."""
    from dataclasses import replace

    from effektiv.render import find_notebooks

    (job,) = _jobs([code], find_notebooks(notebooks_root(), [3], ["beslut"]), snapshot, params)
    return replace(job, parameters={**job.parameters, "arende": "deltagande"})


def _foundation(snapshot: Snapshot, params: Params) -> str:
    """Return a checksum of what a report rests on beside its notebook: snapshot, params and the networks it is in."""
    from effektiv.params import content_mark, network_files, params_root

    digest = hashlib.sha256(snapshot.manifest.model_dump_json().encode())
    if params.folder is not None:
        digest.update(content_mark(params.folder).encode())
    root = params_root() if params.folder is None else params.folder.parent
    # Others that take part are nobody's example, so a network's reports and its participants' follow its file.
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in network_files(root))
    marks = _network_marks(snapshot, root, stamps)
    digest.update(f"{marks.get('', '')}{marks.get(params.code, '')}".encode())
    return digest.hexdigest()


@lru_cache(maxsize=2)
def _network_marks(
    snapshot: Snapshot, root: Path, stamps: tuple[tuple[Path, int, int], ...]
) -> Mapping[str, str]:
    """Return the marks of the networks' files by municipality, read anew when a file has changed."""
    from effektiv.data.catalogue import load_catalogue
    from effektiv.params.networks import network_marks
    from effektiv.params.registry import Known

    return network_marks(root, Known(snapshot.places, tuple(load_catalogue().areas))) if stamps else {}


# What the commands say -----------------------------------------------------------------


def _tell_chain(kommun: str, data: str | None, ut: Path) -> int:
    """Say what a municipality's reports rest on."""
    from effektiv.chain import chain_of, told
    from effektiv.data.catalogue import load_catalogue
    from effektiv.data.snapshot import open_snapshot
    from effektiv.names import folder_name
    from effektiv.params import load_params
    from effektiv.render import find_notebooks

    register_step_files()
    snapshot = open_snapshot(data)
    code = snapshot.kommun(kommun)
    name = _names(snapshot)[code]
    params = load_params(code, _params_folder(), areas=tuple(load_catalogue().areas), places=snapshot.places)
    notebooks = {
        (item.steg, item.omrade): item.path
        for item in find_notebooks(notebooks_root())
        if item.steg is not None
    }
    root = _params_folder()
    for line in told(chain_of(ut, code, name, folder_name(code, name), params, notebooks, root)):
        print(line)
    return console.OK


def _tell_made(snapshot: Snapshot) -> None:
    """Say what a new snapshot holds."""
    manifest = snapshot.manifest
    rows = f"{manifest.rows['observations.parquet']:,}".replace(",", "\u00a0")
    print(
        f"Frysningen {manifest.name} är klar: {rows} rader för {len(snapshot.kpis)} nyckeltal,"
        f" åren {min(manifest.years)}-{max(manifest.years)}."
    )
    _tell_units(snapshot)
    for note in manifest.notes:
        print(note)


def _tell_units(snapshot: Snapshot) -> None:
    """Say how many units there are, where there are any."""
    if snapshot.units is not None:
        places = snapshot.units["municipality"].nunique()
        where = "en kommun" if places == 1 else f"{places} kommuner"
        print(f"Enheter: {len(snapshot.units)} i {where}.")


def _tell_changes(previous: str, changes: pd.DataFrame) -> None:
    """Say how many values are new, revised and withdrawn, in all and by key figure."""
    counts = changes.pivot_table("year", "kpi", "change", aggfunc="count", fill_value=0, observed=True)
    counts = counts.reindex(columns=["ny", "reviderad", "borttagen"], fill_value=0)
    new, revised, withdrawn = (int(total) for total in counts.sum())
    print(f"Sedan {previous}: {new} nya, {revised} reviderade och {withdrawn} borttagna värden.")
    for kpi, row in counts.sort_values(["reviderad", "borttagen"], ascending=False).iterrows():
        print(f"  {kpi}: {row['ny']} nya, {row['reviderad']} reviderade, {row['borttagen']} borttagna")


def _tell_run(result: RunResult) -> int:
    """Say how a run went, name each failed report, and return the exit status."""
    made, same, failed = result.antal("ok"), result.antal("oforandrad"), len(result.fel)
    total = made + same + failed
    print(
        f"{total} {'rapport' if total == 1 else 'rapporter'} på {result.sekunder:.0f} s:"
        f" {made} gjorda, {same} oförändrade, {failed} misslyckade."
    )
    if result.fel:
        _tell_failures(result.fel)
    for path in result.olasliga:
        print(
            f"Rapporten {path.as_posix()} från en tidigare körning gick inte att läsa, för den är skadad eller gjord"
            " av en annan version av arbetsboken. Den räknas inte med, och görs om när den begärs.",
            file=sys.stderr,
        )
    print(f"Rapporterna finns i {(result.ut / 'index.html').as_posix()}")
    if result.avbruten:
        return console.end(
            "Avbrutet. Kör samma kommando igen för att göra det som återstår.", console.INTERRUPTED
        )
    return console.FAILED if result.fel else console.OK


def _tell_failures(failures: Sequence[ReportResult]) -> None:
    """Show a table of the failed reports on standard error."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Misslyckade rapporter", title_justify="left")
    for heading in ("Kommun", "Steg", "Område", "Fel"):
        table.add_column(heading, overflow="fold")
    for failure in failures:
        job = failure.job
        subject = job.kommun if job.kod is None else f"{job.kod} {job.kommun}"
        cells = (subject, "" if job.steg is None else str(job.steg), job.omrade, failure.fel or "")
        table.add_row(*(Text(cell) for cell in cells))
    Console(stderr=True).print(table)
