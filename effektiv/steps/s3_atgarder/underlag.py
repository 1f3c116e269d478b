"""What defends the findings: all that is written of each measure, what the sum assumes, the lock, earlier savings."""

from __future__ import annotations

from effektiv.analysis.portfolio import DRAWS, RHO, carried
from effektiv.data.contents import checksum_of
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.data import MOST_PEERS
from effektiv.steps.s3_atgarder.effects import year_table
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM, SUPPORTS, TIME
from effektiv.steps.s3_atgarder.measures_params import MEASURES_FILE
from effektiv.steps.s3_atgarder.view import MeasureCase
from effektiv.steps.s3_atgarder.words import at, kpi_of, scale

_TEXTS = (
    "feature", "activities", "side_effects", "bearers", "zero", "tried", "support", "risk", "owner", "indicator", "aim", "stop",
)  # fmt: skip
_HEADINGS = {column.key: column.heading for column in MEASURES_FORM.sheets[0].columns}


class MeasureUnderlagCase(MeasureCase):
    """A case with the underlag of its report."""

    def _none_written(self) -> str:
        return f"Kommunen har inte skrivit några åtgärder för området i {MEASURES_FILE.name}."

    def measures_in_full(self) -> Exhibit:
        """Visa allt som är skrivet om varje åtgärd, också bieffekter, nollalternativ och stoppregel."""
        name, title, found = "atgarder-hela", "Åtgärderna i sin helhet", self.view.written
        if not found:
            return nothing(name, title, self._none_written(), flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=f"Stöd för effekten, från svagast till starkast: {', '.join(SUPPORTS)}.",
            table=Table(
                caption=f"Åtgärder för {self.area.in_text}",
                columns=(
                    Column("nr", "Nr"),
                    Column("atgard", "Åtgärd"),
                    Column("orsak", "Svarar mot orsak"),
                    Column("vag", "Väg"),
                    *(Column(key, _HEADINGS[key]) for key in _TEXTS),
                ),
                rows=tuple(
                    (item.id, item.name, item.hypothesis, item.way, *(item.text(key) for key in _TEXTS))
                    for item in found
                ),
                row_header="atgard",
            ),
        )

    def numbers(self) -> Exhibit:
        """Visa de tre talen för varje åtgärd, hur effekten växer och vad tiden är värd."""
        name, title, found = "atgarder-tal", "Antagandena, åtgärd för åtgärd", self.view.written
        rows: list[tuple[Value, ...]] = []
        for item in found:
            for key, unit in (
                ("resource", item.unit),
                ("volume", item.volume_unit),
                ("quality", item.quality_kpi),
            ):
                three = getattr(item, key)
                if three is None:
                    continue
                kpi = kpi_of(self.catalogue, unit)
                counted = item.counted is not None if key == "resource" else item.is_supported
                rows.append(
                    (
                        f"{item.id} {item.name}", unit if kpi is None else kpi.label, three.low, three.likely, three.high,
                        item.first, item.full or item.first, "ja" if counted else "nej", item.text("asked"),
                        item.hourly if key == "resource" and item.benefit == TIME else None,
                    )
                )  # fmt: skip
        if not rows:
            return nothing(
                name, title, self._none_written() if not found else "Ingen åtgärd har tal.", flags=()
            )
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "Oväntat lågt och oväntat högt är tal som bara ett fall av tio hamnar under eller över. "
                "En timme kostar månadslön / 142 x 1,54 (Ineras nyttokalkyl)."
            ),
            table=Table(
                caption="Effekt på ett helår",
                columns=(
                    Column("atgard", "Åtgärd"),
                    Column("matt", "Mått"),
                    Column("lag", "Oväntat lågt", kind="number", decimals=0),
                    Column("trolig", "Troligt", kind="number", decimals=0),
                    Column("hog", "Oväntat högt", kind="number", decimals=0),
                    Column("forst", "Första året", kind="year"),
                    Column("full", "Full effekt", kind="year"),
                    Column("raknas", "Räknas"),
                    Column("fragade", "Frågade var för sig"),
                    Column("timme", "En timme kostar", kind="number", unit="kr", decimals=0, may_lack=True),
                ),
                rows=tuple(rows),
            ),
        )

    def sum_by_year(self) -> Exhibit:
        """Visa summan år för år, och hur bandet ändras om effekterna vore oberoende av varandra."""
        name, title, view = "summan-ar-for-ar", "Summan år för år", self.view
        if not view.measures:
            return nothing(name, title, self._none_written(), flags=())
        found, apart = view.portfolio, view.independent
        by, unit, decimals = scale(found.cumulative)
        table = year_table(view)
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                f"{number(DRAWS)} räkningar, dragna ur de tre talen för varje åtgärd. Sambandet mellan åtgärdernas utfall är "
                f"{plain(RHO)}; den sista delen är utan samband. Kostnaderna är som de är skrivna."
            ),
            table=Table(
                caption=f"{view.case.name}: hopräknat från {view.years[0]}",
                columns=(
                    *table.columns,
                    Column(
                        "hop_lag",
                        "Hopräknat, oväntat lågt",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                    ),
                    Column(
                        "hop_trolig",
                        "Hopräknat, troligt",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                    ),
                    Column(
                        "hop_hog",
                        "Hopräknat, oväntat högt",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                    ),
                    Column("intjanat", "Intjänat i", kind="number", unit="% av räkningarna", decimals=0),
                    Column(
                        "fri_lag",
                        "Netto utan samband, oväntat lågt",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                    ),
                    Column(
                        "fri_hog",
                        "Netto utan samband, oväntat högt",
                        kind="number",
                        unit=unit,
                        decimals=decimals,
                        signed=True,
                    ),
                ),
                rows=tuple(
                    (
                        *row,
                        *(at(found.cumulative, year, part) / by for part in ("low", "likely", "high")),
                        100 * float(found.paid_back[year]),
                        at(apart.net, year, "low") / by,
                        at(apart.net, year, "high") / by,
                    )
                    for year, row in zip(view.years, table.rows, strict=True)
                ),
            ),
        )

    def gap_by_peer(self) -> Exhibit:
        """Visa vad det skulle betyda att kosta som var och en av de jämförda kommunerna."""
        name, title, found = "gap-mot-var-och-en", "Skillnaden mot var och en av de jämförda", self.view.gap
        members = self.view.members[:MOST_PEERS]
        if not members:
            return nothing(name, title, "Det finns ingen att jämföra med.")
        known = {} if found is None else {str(code): float(value) for code, value in found.gaps.items()}
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read="Plus betyder att kommunen kostar mer. Det är en jämförelse, inget mål.",
            table=Table(
                caption=f"{self.name} mot {self.view.definite}",
                columns=(
                    Column("kommun", "Kommun"),
                    Column(
                        "mnkr", "Skillnad", kind="number", unit="mnkr", decimals=1, signed=True, may_lack=True
                    ),
                ),
                rows=tuple((self.view.name(code), known.get(code)) for code in members),
            ),
            kpis=() if found is None else (found.kpi.id,),
        )

    def form_faults(self) -> Exhibit:
        """Visa det som är fel i formuläret med åtgärder, cell för cell; resten används."""
        name, title, found = "fel-i-formularet", "Att rätta i formuläret", self.view.form_faults
        if not found:
            return nothing(name, title, "Inget är fel i formuläret.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption=f"Fel i {MEASURES_FILE.name}",
                columns=(Column("plats", "Var"), Column("fel", "Vad")),
                rows=tuple((fault.place or MEASURES_FILE.name, fault.text) for fault in found),
            ),
        )

    def locked(self) -> Exhibit:
        """Visa målet som det låstes, och om det har ändrats sedan dess."""
        name, title, lock = "malet-last", "Målet som det låstes", self.view.lock
        if lock is None:
            return nothing(
                name, title, "Målet är inte låst: det görs med effektiv las innan arbetet börjar.", flags=()
            )
        words = {
            "datum": "Låst", "skal": "Skäl till ändringen", "primar": "Mått som avgör", "riktning": "Riktning",
            "referens": "Jämförs med", "ovriga": "Andra mått", "baslinje_fran": "Tiden före, från", "utfallsar": "Bedöms åren",
            "forsta_start": "Första åtgärdens start", "frysning": "Datauttag",
        }  # fmt: skip
        rows: list[tuple[Value, ...]] = []
        for number_of, entry in enumerate(lock.entries, 1):
            for key, label in words.items():
                value = entry.get(key, "")
                if value:
                    rows.append(
                        (
                            f"Låsning {number_of}",
                            label,
                            ", ".join(value) if isinstance(value, tuple) else value,
                        )
                    )
        latest = lock.latest or {}
        same_data = latest.get("frysning_sha256") == checksum_of(self.snapshot)
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=(
                *((f"Observera: {lock.fault}.",) if lock.fault else ()),
                "Rapporten bygger på samma datauttag som målet låstes på."
                if same_data
                else "Rapporten bygger på ett annat datauttag än det som målet låstes på.",
            ),
            table=Table(
                caption="Låsta mål",
                columns=(Column("gang", "Gång"), Column("vad", "Vad"), Column("sagt", "Som det låstes")),
                rows=tuple(rows),
            )
            if rows
            else None,
        )

    def earlier_savings(self) -> Exhibit:
        """Visa vad tidigare beslut skulle frigöra, vad det blev och vad som återstår som en egen rad."""
        name, title = "tidigare-besparingar", "Det som inte har levererats"
        found = carried(*self.view.earlier)
        if found.empty:
            return nothing(
                name,
                title,
                "Kommunen har inte skrivit vad tidigare beslut skulle ge och vad det blev.",
                flags=(),
            )
        by, unit, decimals = scale(found)
        share = (
            100 * float(found["delivered"].sum() / found["planned"].sum())
            if found["planned"].sum() > 0
            else None
        )
        heads = {
            "planned": "Beslutat",
            "delivered": "Blev",
            "undelivered": "Inte levererat",
            "carried": "Återstår sedan tidigare",
        }
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=(
                "Det som återstår ligger kvar som en egen rad: det ingår inte i de nya åtgärderna.",
                *(
                    (f"Av tidigare beslut har {plain(round(share))} procent levererats.",)
                    if share is not None
                    else ()
                ),
            ),
            table=Table(
                caption=f"Tidigare beslut om {self.area.in_text}, till och med {max(found.index)}",
                columns=(
                    Column("ar", "År"),
                    *(
                        Column(key, head, kind="number", unit=unit, decimals=decimals)
                        for key, head in heads.items()
                    ),
                ),
                rows=tuple(
                    (str(year), *(float(row[key]) / by for key in heads)) for year, row in found.iterrows()
                ),
            ),
        )
