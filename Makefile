# Two commands matter: `make demo` and `make test`. Both make their own virtual environment.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo desk test lint docs man all clean scorecard

demo: $(VENV)/.core
	@$(BIN)/mtfix diff examples/wire.txt || test $$? -eq 1

# The editor's desk at http://127.0.0.1:8765/, with a seed wire on it.
desk: $(VENV)/.core
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[serve]'
	@$(BIN)/python seeds/render.py ru-01 > $(VENV)/wire.txt
	@$(BIN)/mtfix serve --db sqlite:///$(VENV)/desk.db --open $(VENV)/wire.txt

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The documentation as a site, in build/site; a broken link or a missing page is an error.
docs: $(VENV)/.test
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Man pages, in build/man; `man build/man/mtfix-fix.1` shows one.
man: $(VENV)/.test
	$(BIN)/python docs/site/manual.py build/man

all: test lint docs

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.core

# About ten minutes on two quiet cores; interrupted, it goes on where it was. MTFIX_DATA names the folder of the data.
scorecard: $(VENV)/.test
	$(BIN)/python eval/scorecard.py --run

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
