# The front door: `make help` lists what there is.

PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV   ?= .venv
BIN    := $(VENV)/bin

# Three processes share the tests, a file at a time in the order of tests/conftest.py, each with a broker and a database
# of its own: one more than small machines have processors, for a third of the time a test waits.
AT_ONCE := --numprocesses 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-service test-contract test-e2e faults faults-short catalogue permissions bench lint format lock secrets clean \
        run-env dev-env

help: ## list these commands
	@echo "Sanggar: a platform for teachers' learning communities."
	@echo
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24
	@echo
	@echo "  make run takes PORT=8080, RUN_DIR=.run, DEMO=0 (no made-up district), AMQP_URI and MONGO_URI (instead of"
	@echo "  private ones); the tests take ARGS='-k name' for pytest. PYTHON names the Python 3.11 to use."

run: run-env ## run the whole platform on this machine, with a made-up district to try; Ctrl-C ends it
	@exec env PORT="$(PORT)" RUN_DIR="$(or $(RUN_DIR),.run)" DEMO="$(DEMO)" $(BIN)/python -m deploy.local up

test: dev-env ## unit, service, contract and e2e tests, with a broker and database of their own
	$(BIN)/python -m pytest $(AT_ONCE) tests/e2e tests/service tests/contract tests/unit $(ARGS)

test-unit: dev-env ## the rules alone, in seconds
	$(BIN)/python -m pytest tests/unit $(ARGS)

test-service: dev-env ## one service at a time, with a real broker and database
	$(BIN)/python -m pytest tests/service $(ARGS)

test-contract: dev-env ## what crosses a boundary: events, HTTP, compose file, import rules
	$(BIN)/python -m pytest tests/contract $(ARGS)

test-e2e: dev-env ## the whole platform, over HTTP alone
	$(BIN)/python -m pytest tests/e2e $(ARGS)

faults: dev-env ## kill processes, stop the broker and the database under load, then check that nothing was lost
	$(BIN)/python -m pytest -s tests/faults $(ARGS)

faults-short: dev-env ## the same in a few minutes
	SANGGAR_FAULTS_SHORT=1 $(BIN)/python -m pytest -s tests/faults $(ARGS)

catalogue: dev-env ## write docs/event-catalogue.md from the contracts
	$(BIN)/python -m deploy.catalogue

permissions: dev-env ## write docs/permissions.md from the services' policies
	$(BIN)/python -m deploy.permissions

bench: dev-env ## how fast, beside the raw or stock thing in the same run
	$(BIN)/python -m bench $(ARGS)

lint: dev-env ## style, types, and who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck .ci/run deploy/docker/entrypoint.sh docs/first-calls.sh

format: dev-env ## write the code as `make lint` wants it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The hashes must be those of PyPI's own files, wherever this runs: extra indexes of the machine are left aside.
COMPILE := env -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null $(BIN)/pip-compile --quiet \
           --generate-hashes --strip-extras --allow-unsafe --no-header --annotation-style=line \
           --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(UPGRADE)

lock: dev-env ## resolve requirements/*.in anew; UPGRADE=-U takes the newest versions that they allow
	$(COMPILE) -o requirements/base.txt requirements/base.in
	$(COMPILE) -o requirements/local.txt requirements/local.in
	$(COMPILE) -o requirements/dev.txt requirements/dev.in

secrets: run-env ## passwords and keys for docker-compose.yml, into SECRETS=./secrets; what is there is kept
	@$(BIN)/python -m deploy.docker.make_secrets "$(or $(SECRETS),./secrets)"

clean: ## remove what tests and linters left; keeps .venv and the data in .run
	rm -rf .test .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

run-env:
	@$(PYTHON) deploy/local/venv.py $(VENV) requirements/local.txt

dev-env:
	@$(PYTHON) deploy/local/venv.py $(VENV) requirements/dev.txt
