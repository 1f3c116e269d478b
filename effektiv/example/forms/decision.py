"""What Exempelby has written of its project: the decision to carry out its measures, and how the work is led."""

from __future__ import annotations

PROJECT = """\
# Projektet och besluten i Exempelby: egen text till tjänsteskrivelserna och projektplanen.
# Vad varje nyckel betyder står i en ny fil: effektiv ny KOMMUN --steg 3.

arende: atgarder
omraden: []

forvaltning: Kommunledningskontoret
handlaggare:
  namn: Sara Lind
  roll: Controller
undertecknas:
  - namn: Johan Ek
    roll: Kommundirektör
  - namn: Mia Björk
    roll: Ekonomichef

beslutar: Kommunstyrelsen
foreslar: Kommunstyrelsens arbetsutskott
att_satser: nej

deltagande:
  rubrik:
  datum: 2025-11-17
  diarienummer: KS 2025/0483
  finansiering: >
    kommunstyrelsens medel till förfogande
  sammanfattning: >

  bakgrund: >
    Elevkullarna minskar och de äldre blir fler. De närmaste åren måste kommunen klara sitt uppdrag med färre
    medarbetare för varje äldre.

    SKR har bjudit in kommuner att delta i ett gemensamt projekt under ett och ett halvt år.
  foredragning: >
    Kommunen har prövat besparingar var för sig och nått knappt hälften av det som beslutades. Projektet ger
    en gemensam arbetsgång och stöd från SKR och RKA.
  beredning: >
    Kommunledningskontoret har berett ärendet.
  bedomning: >
    Kommunledningskontoret bedömer att kommunen bör delta. Det kräver att ledningen är med, och att
    arbetsgruppen får tid.
  ekonomi: >

  barn_inte_provat: >
    Beslutet gäller bara om kommunen ska delta. Det ändrar ingen verksamhet för barn. Barnets bästa prövas
    när åtgärder föreslås.

atgarder:
  rubrik:
  datum: 2026-02-16
  diarienummer: KS 2026/0117
  finansiering: >
    nämndernas ramar och 2 miljoner kronor ur kommunstyrelsens medel för omställning
  sammanfattning: >

  bakgrund: >
    Exempelby deltar i SKR:s och RKA:s projekt för högre effektivitet. Nulägesanalysen visade var kommunen
    skiljer sig från liknande kommuner. Arbetsgruppen prövade sedan vad det beror på, och tog fram åtgärderna
    tillsammans med medarbetarna.
  foredragning: >
    Åtgärderna svarar mot de orsaker som har mest stöd. De är få, för att ledningen ska kunna följa dem.
  beredning: >
    Kommunledningskontoret har berett ärendet tillsammans med utbildningsförvaltningen och socialförvaltningen.
  bedomning: >
    Kommunledningskontoret bedömer att åtgärderna bör genomföras. Kostnaden kommer först, och effekten är osäker.
    Därför har nästan varje åtgärd en stoppregel, och arbetet följs varje månad.
  ekonomi: >
    Nämndernas ramar ändras inte genom det här beslutet. Det prövas i budgeten när effekten syns.
  barn_inte_provat: >

uppdrag:
  - omrade: grundskola
    till: barn- och utbildningsnämnden
  - omrade: forskola
    till: barn- och utbildningsnämnden
  - omrade: aldreomsorg-ordinart-boende
    till: socialnämnden
  - omrade: barn-och-unga
    till: socialnämnden

forslag:
  - text: barn- och utbildningsnämnden och socialnämnden redovisar åtgärderna i maj och november varje år
    arende: atgarder
  - text: en åtgärd som når sin stoppregel avbryts, och nämnden föreslår vad som ska göras i stället
    arende: atgarder

underlag:
  - namn: Inbjudan till utvecklingsprojektet från SKR
    dag: 2025-10-06
    arende: deltagande
  - namn: Ansökan till utvecklingsprojektet
    dag: 2025-11-14
    arende: deltagande
  - namn: Protokoll från samverkan med de fackliga organisationerna
    dag: 2026-02-09
    arende: atgarder

barnets_basta:
  arende_och_barn: >
    Ärendet rör elever i årskurs 4 till 9 och barn som är placerade eller kan bli det. Elever med
    svenska som andraspråk och barn i familjehem berörs mest.
  rattigheter: >
    Det gäller rätten till utbildning (artikel 28 och 29), rätten att inte skiljas från sina föräldrar
    mot sin vilja (artikel 9), och rätten att få säga sin mening (artikel 12).
  kunskap: >
    Tidigt stöd ger större verkan än stöd i årskurs 9. Barn som får stöd hemma i tid behöver mer sällan placeras,
    men stöd i hemmet är inte bättre när barnet far illa där.
  barns_asikter: >
    Elevråden på tre skolor har svarat. De vill ha hjälp under skoldagen hellre än efter den. Åtta ungdomar med
    erfarenhet av placering har intervjuats av barnombudet.
  alternativ: >
    Att inte göra något ger samma resultat som nu. Att bara lämna paviljongerna sparar pengar men gör det trängre
    för årskurs 7. Att minska placeringarna utan mer stöd hemma skulle gå ut över barnen.
  bedomning: >
    Åtgärderna är till barnets bästa, utom att det blir trängre i matsalen under två år. Det väger lättare än
    stödet. Som kompenserande åtgärd får årskurs 7 en egen lunchtid. Ingen placering avslutas för ekonomins skull.

skickas_till:
  verkstallighet: [Barn- och utbildningsnämnden, Socialnämnden, Ekonomiavdelningen]
  kannedom: [SKR, Kommunens revisorer]

avgift: 60000
avgift_ar: [2026, 2027]
egen_tid:
  - roll: Projektledare
    timmar: 400
    manadslon: 48000
  - roll: Arbetsgruppen, sex personer
    timmar: 720
    manadslon: 42000
  - roll: Styrgruppen
    timmar: 120
    manadslon: 70000
styrgrupp: [kommunstyrelsens presidium, kommundirektören, förvaltningscheferna]
projektledare: controller Sara Lind
kontaktperson: ekonomichef Mia Björk
arbetsgrupp: [två rektorer, två enhetschefer i hemtjänsten, socialsekreterare, verksamhetscontroller]
utfastelser:
  - vad: ledningsbeslut
    status: klart
    visas_i: Kommunstyrelsen 2025-12-09
  - vad: arbetstid
    status: klart
    visas_i: Verksamhetsplanen 2026
  - vad: styrgrupp
    status: klart
    visas_i: Kommunstyrelsen 2025-12-09
  - vad: kontaktperson
    status: klart
    visas_i: Ansökan 2025-12-15
  - vad: arbetsgrupp
    status: pagar
    visas_i: Socialsekreteraren är inte utsedd än
tidplan:
  - steg: 1
    fran: 2026-01
    till: 2026-02
  - steg: 2
    fran: 2026-02
    till: 2026-03
  - steg: 3
    fran: 2026-03
    till: 2026-05
  - steg: 4
    fran: 2026-06
    till: 2027-05
  - steg: 5
    fran: 2027-05
    till: 2027-06
moten:
  - dag: 2026-01-20
    vilka: gemensam
    namn: Uppstart
  - dag: 2026-03-12
    vilka: gemensam
  - dag: 2026-05-07
    vilka: gemensam
  - dag: 2026-09-24
    vilka: gemensam
  - dag: 2026-12-03
    vilka: gemensam
  - dag: 2027-03-11
    vilka: gemensam
  - dag: 2027-06-03
    vilka: gemensam
    namn: Avslutning
  - dag: 2026-02-03
    vilka: styrgrupp
  - dag: 2026-04-14
    vilka: styrgrupp
  - dag: 2026-06-16
    vilka: styrgrupp
  - dag: 2026-10-06
    vilka: styrgrupp
  - dag: 2027-02-02
    vilka: styrgrupp
  - dag: 2027-05-18
    vilka: styrgrupp
"""
