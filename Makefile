# Targets: run, test, check, bench. Each sets up what it needs: Python 3.11 and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NODE   ?= var/demo

.PHONY: run test check bench docs screens texts format clean
.DELETE_ON_ERROR:

$(VENV)/.ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,models,web]'
	$(BIN)/python -m compileall -q $(VENV)/lib src || true
	touch $@

run: $(VENV)/.ready ## serve a living node at http://127.0.0.1:8000, until stopped by Ctrl-C
	exec $(BIN)/tidegate demo --node $(NODE)

test: $(VENV)/.ready ## run all tests; pages in a browser first, in one process, for they share a living node
	$(BIN)/python -m pytest tests/browser
	$(BIN)/python -m pytest -n 2 --ignore=tests/browser

check: $(VENV)/.ready ## run the linters, the type checker and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready ## measure, and write the figures to bench-results/ as JSON
	$(BIN)/python -m tests.bench

docs: $(VENV)/.ready ## write the pages that are made from the code
	$(BIN)/python -m tidegate.acts.page > docs/acts.md
	$(BIN)/python -m tidegate.clearance.page > docs/life.md
	$(BIN)/python -m tidegate.commands.page > docs/commands.md
	$(BIN)/python -m tidegate.declarations.ens.page > docs/ens-rules.md
	$(BIN)/python -m tidegate.declarations.rules.page > docs/rules.md
	$(BIN)/python -m tidegate.node.page > docs/configuration.md

screens: $(VENV)/.ready ## take the screenshots that the pages of docs/ show, from a living node
	TIDEGATE_SCREENS=docs/screens $(BIN)/python -m pytest -n 0 tests/browser/screens.py

texts: $(VENV)/.ready ## enter new texts of the pages into the catalogues of languages
	$(BIN)/python -m tidegate_web.layout.texts

clean:
	rm -rf $(VENV) var bench-results
