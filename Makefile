# Every target first makes .venv/ from the pinned requirements.lock when it is missing
# or older than the lock, so that a clean machine needs only Python 3.11+ and make.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
CHECKERS := tests/accessibility
CHECKERS_READY := $(CHECKERS)/node_modules/.ready

LOG := .venv/installation.log

# pip talks English and much, so it talks to a log. We say how far it has come, and why if it fails.
define install
{ $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off $(1) 2>&1 || echo MISSLYCKADES; } \
	| tee -a $(LOG) | { count=0; while read -r word rest; do case "$$word" in \
		Collecting) count=$$((count + 1)); [ $$((count % 25)) -ne 0 ] || echo "          $$count paket hittade" ;; \
		Installing) [ $$count -lt 25 ] || echo "          alla $$count paket är hämtade och packas upp" ;; \
		MISSLYCKADES) echo "Installationen misslyckades. Så här slutar $(LOG):" >&2; tail -n 15 $(LOG) | grep -v "^$$word" >&2; exit 1 ;; \
	esac; done; }
endef

.DEFAULT_GOAL := help
.PHONY: help rapport test pytest lint format verktyg bench bilder lock

help:
	@echo "make rapport  Exempelbys rapporter för alla steg, på exempeldata"
	@echo "make test     alla kontroller och test"
	@echo "make lint     stil- och typkontroll"
	@echo "make format   rätta stilen"
	@echo "make verktyg  hämta det som granskar rapporternas tillgänglighet (kräver npm)"
	@echo "make bench    mäta hur snabbt rapporter görs (ungefär en och en halv timme på två kärnor)"
	@echo "make bilder   bilderna i README (kräver chromium och pdftoppm)"
	@echo "make lock     räkna om requirements.lock efter en ändring i pyproject.toml"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 eller senare behövs; ange ett med: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Arbetsboken installeras i .venv/, första gången och när requirements.lock har ändrats."
	@echo "Det behöver nätet och tar två till fem minuter."
	@echo "  1 av 3  en egen Pythonmiljö (några sekunder)"
	@$(PYTHON) -m venv .venv && : > $(LOG)
	@echo "  2 av 3  paketen i requirements.lock (några minuter; pip berättar mer i $(LOG))"
	@$(call install,-r requirements.lock)
	@echo "  3 av 3  arbetsboken själv (några sekunder)"
	@$(call install,--no-deps -e .)
	@echo "Arbetsboken är installerad."
	@touch $@

rapport: $(READY)
	$(BIN)/effektiv rendera --kommun Exempelby --data exempel

test: lint pytest

pytest: $(READY) verktyg
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The checkers of finished pages; without npm the tests that need them are skipped and say so.
verktyg: $(CHECKERS_READY)

$(CHECKERS_READY): $(CHECKERS)/package.json
	@if command -v npm >/dev/null; then \
		npm install --prefix $(CHECKERS) --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error \
			&& touch $@; \
	else echo "npm saknas: testen som behöver axe-core och vnu-jar hoppas över"; fi

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m benchmarks --land

bilder: rapport
	$(BIN)/python docs/bilder.py

# One lock for all platforms and Python versions, without host names.
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip compile --quiet --universal --all-extras --no-header --no-emit-index-url \
		pyproject.toml -o requirements.lock
