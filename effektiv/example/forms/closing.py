"""The end of Exempelby's project: the goals that it locked before the work began, and what it learnt.

Two goals are locked, in the areas where an effect is planted; the other two areas have none, so that both can be seen. The lock
names no checksum of a data set, for the example's is made anew on every machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from effektiv.example.truths import HOME_CARE, SCHOOL

LOCK_DAY = dt.date(2026, 1, 26)
"""Before any of the measures begins."""

LOCKED: Mapping[str, Mapping[str, str | tuple[str, ...]]] = {
    SCHOOL: {
        "omrade": SCHOOL,
        "primar": "N15505",
        "riktning": "upp",
        "referens": "liknande",
        "ovriga": ("N15001", "N15436"),
        "baslinje_fran": "2017",
        "utfallsar": ("2028", "2029"),
        "forsta_start": "2026-06-15",
        "frysning": "exempel",
        "frysning_sha256": "",
    },
    HOME_CARE: {
        "omrade": HOME_CARE,
        "primar": "N20900",
        "riktning": "ned",
        "referens": "liknande",
        "ovriga": ("U21468",),
        "baslinje_fran": "2012",
        "utfallsar": ("2028", "2029"),
        "forsta_start": "2026-03-15",
        "frysning": "exempel",
        "frysning_sha256": "",
    },
}
"""The goals as they were locked, the same as those of `effektiv.example.forms.measures.GOALS`."""

CLOSING = """\
# Avslutningen av projektet i Exempelby: det kommunen har lärt sig, med egna ord.
# Vad varje nyckel betyder står i en ny fil: effektiv ny KOMMUN --steg 5.

start:

lardomar:
  - omrade: grundskola
    vad: Stödet kom tidigare när rektorn var med på mötet.
    grund: Två arbetslag prövade under en termin.
    foljd: Rektorn är med på alla möten från hösten 2029.
  - omrade: grundskola
    vad: De elever som behövde läxhjälpen mest kom sist.
    grund: Närvarolistor från tre skolor.
    foljd: Läxhjälpen ligger på skoldagen.
  - omrade: aldreomsorg-ordinart-boende
    vad: Det är nya ärenden som ökar timmarna, inte gamla.
    grund: 30 beslut prövades i hemmet.
    foljd: Biståndet följs per nytt ärende varje månad.
  - omrade: barn-och-unga
    vad: Fredagar och lördagar är svårast för familjerna.
    grund: Fyra familjer fick stöd hemma i sex månader.
    foljd: Stödet bemannas fredag till söndag.
  - vad: Få mått som följs varje månad ger bättre möten än många mått en gång om året.
    grund: Styrgruppens egen utvärdering.
    foljd: Samma blad används i budgetuppföljningen.

fungerade: >
    Att ledningen hade tid avsatt. Att varje åtgärd hade en regel för när den skulle avbrytas.
gor_om: >
    Vi skulle låsa målen i alla områden innan arbetet började, och ha med enhetscheferna från första dagen.
rad: >
    Välj få åtgärder och pröva dem i liten skala först.

fortsatter:
  - omrade: grundskola
    vad: Kunskaperna följs upp varje termin från årskurs 4.
    ansvarig: Verksamhetschef grundskola
  - omrade: aldreomsorg-ordinart-boende
    vad: Besluten om hemtjänst prövas igen varje år.
    ansvarig: Enhetschef bistånd
  - omrade: barn-och-unga
    vad: Egna familjehem i stället för konsulenter.
    ansvarig: Gruppledare familjehem
  - vad: Styrgruppen möts fyra gånger om året.
    ansvarig: Kommundirektör
"""
"""What Exempelby has written of its project's end."""
