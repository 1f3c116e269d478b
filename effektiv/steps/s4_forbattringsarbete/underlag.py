"""What defends the findings of step 4: amounts by kind, forecasts, charts and decisions, the log, what was received."""

from __future__ import annotations

from effektiv.analysis.spc import SCREEN
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import capitalise, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.forms import Fault
from effektiv.steps.s4_forbattringsarbete import pdsa, status
from effektiv.steps.s4_forbattringsarbete.economy import by_month, with_amounts
from effektiv.steps.s4_forbattringsarbete.followed import FollowUpCase
from effektiv.steps.s4_forbattringsarbete.indicators import chart_table, compact_table
from effektiv.steps.s4_forbattringsarbete.money import amounts_table, volume_table
from effektiv.steps.s4_forbattringsarbete.progress import harvests
from effektiv.steps.s4_forbattringsarbete.trials import trials_table
from effektiv.steps.s4_forbattringsarbete.view import setting_faults
from effektiv.steps.s4_forbattringsarbete.words import month_name, thousands

_NO_MONEY = "Budget och utfall per månad är inte inlämnade."
_NO_INDICATORS = "Inga indikatorer är inlämnade."
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class FollowUpUnderlagCase(FollowUpCase):
    """A case with the underlag of its report."""

    def by_kind(self) -> Exhibit:
        """Visa budget, utfall och prognos per kostnadsslag."""
        name, title, rows = "kostnadsslag", "Budget, utfall och prognos per kostnadsslag", self.view.by_kind
        if rows is None or self.view.money_month is None:
            return nothing(name, title, _NO_MONEY, flags=())
        return Exhibit(
            id=name,
            title=title,
            subtitle=f"Tusen kronor till och med {month_name(self.view.money_month)}",
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read="Kostnader är plus och intäkter minus. Avvikelsen är budget minus prognos: minus är över budget.",
            table=amounts_table(rows, "Kostnadsslag", title),
        )

    def volume_and_price(self) -> Exhibit:
        """Visa hur mycket av avvikelsen som är volym och hur mycket som är pris."""
        name, title = "volym-och-pris", "Avvikelsen, delad på volym och pris"
        table = volume_table(self.view)
        if table is None:
            return nothing(name, title, "Ingen verksamhet har volymer för alla månader.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "Volymen är värderad till medlet av budgetens och utfallets pris, och priset till medlet av volymerna. "
                "Delarna går då jämnt upp. Plus är mindre kostnad än budget."
            ),
            table=table,
        )

    def forecasts_given(self) -> Exhibit:
        """Visa årets prognoser som de gavs, månad för månad."""
        name, title = "prognoserna", "Prognoserna som de gavs"
        frame = self.view.months.frame
        sums = by_month(frame, "forecast_sek").dropna() if len(frame) else frame["forecast_sek"]
        if sums.empty:
            return nothing(name, title, "Ingen prognos är lämnad för alla rader.", flags=())
        budget = (
            with_amounts(frame)
            .groupby(frame["month"].str[:4])["budget_sek"]
            .agg(lambda some: some.sum(skipna=False))
        )
        record = self.view.record.frame
        became = dict(zip(record["month"].astype(str), record["error_sek"].astype(float), strict=True))
        rows: list[tuple[Value, ...]] = []
        for month in map(str, sums.index):
            year = float(budget.get(month[:4], float("nan")))
            given = float(sums[month])
            error = became.get(month, float("nan"))
            rows.append((month_name(month), thousands(given), thousands(year - given), thousands(error)))
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "En prognos räknas som den gavs, och ändras aldrig i efterhand. Plus i sista kolumnen: det blev dyrare än "
                "prognosen. Den som får veta att pengarna inte räcker sparar, så ett fel är inget betyg."
            ),
            table=Table(
                caption="Helårsprognoser som de gavs, tusen kronor",
                columns=(
                    Column("manad", "Gavs i"),
                    Column("prognos", "Prognos", kind="number"),
                    Column("avvikelse", "Mot budget", kind="number", signed=True, may_lack=True),
                    Column("fel", "Blev minus prognos", kind="number", signed=True, may_lack=True),
                ),
                rows=tuple(rows),
            ),
        )

    def control_charts(self) -> Exhibit:
        """Visa gränserna för varje indikator, med vilken regel en månad är märkt."""
        name, title, found = "styrdiagram", "Punkter och gränser", self.view.followed
        if not found:
            return nothing(name, title, _NO_INDICATORS, flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "En månad är märkt när den ligger utanför gränserna, eller när en lång svit på samma sida eller få "
                "korsningar av medianen först syns (Anhøjs regler). Gränserna är medelvärdet plus och minus 2,66 gånger "
                f"medlet av skillnaderna mellan månader; skillnader över {number(SCREEN, 3)} gånger medlet lämnas utanför "
                "där inget annat är beslutat. De räknas aldrig om av sig själva."
            ),
            table=chart_table(found),
        )

    def chart_decisions(self) -> Exhibit:
        """Visa vad som är beslutat om varje diagram: baslinje, brytpunkter med fyra svar, undantag."""
        name, title = "diagrambeslut", "Beslut om baslinjer, brytpunkter och undantag"
        rows: list[tuple[Value, ...]] = []
        for item in self.view.followed:
            made, base = item.settings, item.chart.baseline
            span = f"{base.first} till {base.last}{'' if base.is_decided else ' (de första månaderna)'}"
            cautions = " ".join(str(one) for one in item.chart.cautions)
            rows.append((capitalise(item.name), "baslinje", span, made.decided, item.chart.method, cautions))
            rows += [
                (capitalise(item.name), "brytpunkt", one.month, f"Annorlunda: {one.differs} Orsak: {one.cause} "
                 f"Önskvärd: {one.wanted} Består: {one.lasts}", "", "")
                for one in made.changes
            ]  # fmt: skip
            rows += [(capitalise(item.name), "undantag", month, why, "", "") for month, why in made.excluded]
        if not rows:
            return nothing(name, title, _NO_INDICATORS, flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "En ny nivå räknas bara när fyra frågor är besvarade: är den klart annorlunda, är orsaken känd, är den "
                "önskvärd, består den?"
            ),
            table=Table(
                caption=title,
                columns=(
                    Column("indikator", "Indikator"),
                    Column("slag", "Slag"),
                    Column("manad", "Månader"),
                    Column("beslut", "Beslut eller skäl"),
                    Column("metod", "Metod"),
                    Column("att_veta", "Att veta"),
                ),
                rows=tuple(rows),
            ),
        )

    def indicator_months(self) -> Exhibit:
        """Visa alla indikatorer: senaste värde, mål, variation och säkerhet mot målet."""
        name, title, found = "alla-indikatorer", "Alla indikatorer", self.view.followed
        if not found:
            return nothing(name, title, _NO_INDICATORS, flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "Variationen säger om månaderna skiljer sig åt mer än slumpen ger. Mot målet säger om målet nås månad "
                "efter månad så som arbetet görs nu. Det är två olika frågor."
            ),
            table=compact_table(found),
        )

    def measure_details(self) -> Exhibit:
        """Visa varje åtgärds läge, milstolpar och effekt år för år."""
        name, title, view = "atgarder-i-detalj", "Åtgärderna i detalj", self.view
        rows: list[tuple[Value, ...]] = []
        for item in view.standings.values():
            if item.measure.casefold() in {one.id.casefold() for one in view.measures}:
                rows.append(
                    (item.measure, "läge", item.status, item.day.isoformat(), "", item.comment, None, None)
                )
        rows += [
            (item.measure, "milstolpe", item.name, item.planned.isoformat(),
             "" if item.reached is None else item.reached.isoformat(), item.owner, None, None)
            for item in view.milestones
        ]  # fmt: skip
        benefits = {item.id: item.benefit for item in view.measures}
        if view.month is not None:
            rows += [
                (item.measure, "effekt", benefits[item.measure], f"{item.year}-01-01",
                 "" if item.to is None else item.to.isoformat(), "", item.planned_to, item.realised)
                for item in harvests(view)
            ]  # fmt: skip
        if not rows:
            return nothing(name, title, "Inget läge är skrivet i status.xlsx.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read=(
                "Planen för ett år är åtgärdens troliga effekt, som den växer enligt åtgärdsplanen, jämnt över årets dagar."
            ),
            table=Table(
                caption=title,
                columns=(
                    Column("atgard", "Åtgärd"),
                    Column("slag", "Slag"),
                    Column("vad", "Vad"),
                    Column("dag", "Dag"),
                    Column("till", "Nådd eller till"),
                    Column("text", "Ansvarig eller kommentar"),
                    Column("plan", "Plan till dagen", kind="number", may_lack=True),
                    Column("hemtaget", "Hemtaget", kind="number", may_lack=True),
                ),
                rows=tuple(sorted(rows, key=lambda row: str(row[0]))),
            ),
        )

    def actions(self) -> Exhibit:
        """Visa allt som görs åt avvikelser, med åtgärderna för budget i balans."""
        name, title, found = (
            "budget-i-balans",
            "Åtgärder för budget i balans och andra avvikelser",
            self.view.actions,
        )
        if not found:
            return nothing(
                name, title, "Inget är skrivet på bladet Det vi gör åt avvikelser i status.xlsx.", flags=()
            )
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption=title,
                columns=(
                    Column("galler", "Gäller"),
                    Column("gor", "Det vi gör"),
                    Column("effekt", "Effekt i år", kind="number", unit="tkr", may_lack=True),
                    Column("ansvarig", "Ansvarig"),
                    Column("beslutad", "Beslutad"),
                    Column("senast", "Senast"),
                    Column("klart", "Klart"),
                ),
                rows=tuple(
                    (item.about, item.text, None if item.effect is None else item.effect / 1000, item.owner,
                     *("" if one is None else one.isoformat() for one in (item.decided, item.due, item.done)))
                    for item in found
                ),
            ),
        )  # fmt: skip

    def trials_in_full(self) -> Exhibit:
        """Visa alla prövningar, med vad som hände och vad som lärdes."""
        name, title, found = "alla-provningar", "Alla prövningar", self.view.cycles
        if not found:
            return nothing(name, title, "Inga prövningar är skrivna i pdsa.xlsx.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            blocks=tuple(
                f"{item.id}: {text}"
                for item in found
                if (
                    text := " ".join(
                        item.text(key) for key in ("prediction", "outcome", "learnt") if item.text(key)
                    )
                )
            ),
            table=trials_table(found, "Alla prövningar"),
        )

    def received(self) -> Exhibit:
        """Visa vilka filer månaderna kommer ur, och vad som inte gick att läsa."""
        name, title, view = "inlamnat", "Det som är inlämnat", self.view
        versions = view.months.versions
        decided = (text for item in view.followed for text in setting_faults(item))
        said = (*view.months.faults, *view.months.notes, *view.indicators.faults, *decided)
        if versions.empty and not said:
            return nothing(name, title, "Inga månader är inlämnade.", flags=())
        table = Table(
            caption="Månader och filer",
            columns=(
                Column("manad", "Månad"),
                Column("fil", "Fil"),
                Column("last", "Låst"),
                Column("gall", "Gäller"),
            ),
            rows=tuple(
                (str(row.month), str(row.file), str(row.read) or "nej", "ja" if row.is_first else "nej")
                for row in versions.itertuples(index=False)
            ),
        )
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            how_to_read="En månad gäller som den först lämnades. En senare fil ändrar den inte.",
            blocks=said,
            table=table if len(versions) else None,
        )

    def form_faults(self) -> Exhibit:
        """Visa vad som är fel i formulären, med blad och cell."""
        name, title, found = "fel-i-formularen", "Fel i formulären", self._faults()
        if not found:
            return nothing(name, title, "Formulären har inga fel.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption=title,
                columns=(Column("plats", "Plats"), Column("fel", "Vad som är fel")),
                rows=tuple((fault.place or "Hela filen", fault.text) for fault in found),
            ),
        )

    def _faults(self) -> list[Fault]:
        form = self.view.status
        found = [] if form is None else [*form.faults, *status.faults(form)]
        log = self.view.log
        rows = {str(item.row.number) for item in self.view.cycles}
        said = [] if log is None else [*log.faults, *pdsa.faults(log)]
        return [*found, *(one for one in said if not one.cell or one.cell.lstrip(_LETTERS) in rows)]
