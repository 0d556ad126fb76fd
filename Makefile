.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export CDK_DISABLE_CLI_TELEMETRY := true
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.venv/.made: requirements-dev.txt demo/requirements.txt pyproject.toml tools/setup.sh
	@PYTHON=$(PYTHON) bash tools/setup.sh
	@touch $@

.venv-deploy/.made: requirements.txt tools/cdk/package-lock.json tools/setup.sh
	@PYTHON=$(PYTHON) bash tools/setup.sh deploy
	@touch $@

setup: .venv/.made ## build .venv, with Node and a browser in it

demo: setup ## see it work: an emulated account, a real denial, the message, the page (DEMO_ARGS='--once --language ja': no browser, Japanese)
	@$(BIN)/python -m demo $(DEMO_ARGS)

test: setup ## the whole suite
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto --dist loadgroup $(TEST_ARGS) # the CDK's library takes 3 s to compile, in each process

check: setup ## format, lint, types, layers
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: setup ## side-by-side ratios
	@$(BIN)/python -m bench

fuzz: setup ## long random runs: a million lines, 100,000 request and policy pairs, 10,000 schedules of deliveries
	@$(BIN)/python -m bench.fuzz

tables: setup ## renew the reference data from the pinned packages
	@$(BIN)/python -m tools.tables
	@$(BIN)/python -m tools.secret_kinds

docs: setup ## renew the generated documents
	@$(BIN)/python -m tools.docs

synth: setup ## the CloudFormation template, to cdk.out/
	@CDK_OUTDIR=cdk.out $(BIN)/python app.py && echo "cdk.out/ holds the template"

deploy: .venv-deploy/.made ## to the account of your AWS credentials (needs `make bootstrap` once)
	@.venv-deploy/bin/python -m tools.deploy $(DEPLOY_ARGS)

bootstrap: .venv-deploy/.made ## prepare account and Region for the CDK, once
	@.venv-deploy/bin/python -m tools.deploy bootstrap

destroy: .venv-deploy/.made ## take it away, but for the incident table and secrets
	@.venv-deploy/bin/python -m tools.deploy destroy

release: setup ## wheel and sdist of a tag, to dist/ (TAG=v1.2.3 REPOSITORY=https://github.com/OWNER/why403)
	@$(BIN)/python -m tools.release $(TAG) --repository $(REPOSITORY)

package: setup ## zip, template and SBOM for other accounts, to dist/: the same bytes on every machine (docs/install.md)
	@$(BIN)/python -m tools.package

lock: setup ## renew the pinned requirements
	@bash tools/lock.sh

.PHONY: help setup demo test check bench fuzz tables docs synth bootstrap deploy destroy release package lock
