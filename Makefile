# `make demo` and `make test` need nothing before them; see `make help`.
PYTHON ?= python3
export ONLY PLAN PYTHON SERIES ODOO ODOO_PYTHON DEBIAN_MIRROR PORT RECEIVER_PORT TESTS WEBHOOK_CACHE

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench run shell examples screenshots pot lint addons dist clean

help:  ## this list
	@echo "Commands (the first one takes a few minutes: it fetches Odoo and builds an environment):"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20
	@echo "  tools/odoo ...  any odoo command in the environment, on the database of make run"
	@echo "Variables: SERIES=14.0 (the Odoo series; 19.0 unless named)  PYTHON=python3.12  DEBIAN_MIRROR=address"
	@echo "  ODOO=/path/to/odoo (a checkout of your own)  ODOO_PYTHON=python3.10 (what runs it)  PGHOST, PGPORT, PGUSER, PGPASSWORD"

demo:  ## the manual's examples, from a change in Odoo to a request at a receiver
	@$(PYTHON) -m tools demo

test:  ## all tests, or those of TESTS=path; SERIES="19.0 14.0" runs them on both
	@$(PYTHON) -m tools test

soak:  ## the fault tests in their long form (half an hour), and a table of what they found
	@$(PYTHON) -m tools soak

bench:  ## the figures of benchmarks/, into benchmarks/results.json; or those of ONLY=rest, ONLY=delivery.claim
	@$(PYTHON) -m tools bench

run:  ## Odoo at http://localhost:8069 (admin/admin), a receiver at :8090 (PORT=, RECEIVER_PORT=)
	@$(PYTHON) -m tools run

shell:  ## a Python shell with Odoo's environment, on the database of make run
	@tools/odoo shell -d webhook

examples:  ## the requests that docs/payload.md shows, from a real Odoo
	@$(PYTHON) -m tools examples

screenshots:  ## the pictures of the manual, docs/images (needs a browser: Debian's chromium)
	@$(PYTHON) -m tools screenshots

pot:  ## the texts for translators, i18n/*.pot, and what is missing in the translations, i18n/*.po
	@$(PYTHON) -m tools pot

lint:  ## ruff, pylint-odoo, XML
	@$(PYTHON) -m tools lint

addons:  ## the addons of another Odoo series, in build/SERIES (SERIES=14.0)
	@$(PYTHON) -m tools addons

dist:  ## a zip of the addons for each series, in dist/
	@$(PYTHON) -m tools dist

clean:  ## remove the environment from the cache
	@$(PYTHON) -m tools clean
