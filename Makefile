# The one command list, for people and for CI. `make help` prints it.
#
# It needs a Rust toolchain, a C and C++ compiler, make and Python 3.11 or later; everything else is fetched into .venv.
# All of it uses one cargo profile (release), one feature set and one target directory, so that HiGHS is built once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := $(CURDIR)/.venv
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
CLAPOT := $(TARGET)/release/clapot
WHEELS := $(TARGET)/wheels
DIST := $(TARGET)/dist
PYENV := $(TARGET)/python

# On CI the lock file must be right as committed; at a desk cargo may update it while dependencies change.
LOCKED := $(if $(CI),--locked)
# Every cargo command below names the whole workspace and includes the examples: then all of them resolve the same
# features of the same dependencies, and none rebuilds what another has built.
WORKSPACE := --release --workspace --features highs $(LOCKED)

# Size of the demo; for example `make demo ORDERS=500 TIME_LIMIT=5`.
ORDERS ?= 2000
NODES ?= 15
SEED ?= 1
TIME_LIMIT ?= 20
DEMO := $(TARGET)/demo

.PHONY: help
help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- build -----------------------------------------------------------------------------------------------------------

# The stamp sits inside the virtual environment: deleting .venv is a clean start.
$(VENV)/.ready: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-dev.txt
	ln -sfn "$$($(VENV)/bin/python -c 'import clang, os; print(os.path.join(clang.__path__[0], "native"))')" $(VENV)/libclang
	touch $@

.PHONY: tools
tools: $(VENV)/.ready ## Install cmake, libclang and the Python tools into .venv

.PHONY: build
build: tools ## Build the programs (with HiGHS) and the examples
	cargo build $(WORKSPACE) --bins --examples

# maturin resolves the features of its own package alone; crates/py/Cargo.toml keeps them equal to those of the workspace, so that
# nothing but the package itself is compiled here.
.PHONY: wheel
wheel: build ## Build the wheel of the Python package (with HiGHS), stripped, into target/wheels
	rm -rf $(WHEELS)
	PATH="$(VENV)/bin:$$PATH" maturin build --quiet --release --manifest-path crates/py/Cargo.toml --features highs $(LOCKED) \
		--strip --compatibility linux --out $(WHEELS)

# Debuggers and backtraces find the line tables of clapot.debug by the link that is left in the program.
.PHONY: dist
dist: build ## Put the program, stripped, and its line tables beside it into target/dist
	rm -rf $(DIST)
	mkdir -p $(DIST)
	objcopy --only-keep-debug $(CLAPOT) $(DIST)/clapot.debug
	strip -o $(DIST)/clapot $(CLAPOT)
	cd $(DIST) && objcopy --add-gnu-debuglink=clapot.debug clapot
	$(DIST)/clapot --version

# Fresh each time: what is tested is the wheel, with nothing of the sources beside it.
.PHONY: python
python: wheel ## Install the wheel and what tests it into a fresh virtual environment
	rm -rf $(PYENV)
	$(PYTHON) -m venv $(PYENV)
	$(PYENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-test.txt
	$(PYENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index $(WHEELS)/*.whl

.PHONY: stub
stub: python ## Write the docstrings of the extension module into the stub of the Python package
	cd crates/py && $(PYENV)/bin/python stub_docs.py

# --- use -------------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: build ## Generate a problem with floors, validate it, route it, plan waves, verify, and print the tables
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	$(CLAPOT) generate --orders $(ORDERS) --nodes $(NODES) --seed $(SEED) -o $(DEMO)/problem --floor $(DEMO)/floor
	$(CLAPOT) validate $(DEMO)/problem --floor $(DEMO)/floor
	$(CLAPOT) route $(DEMO)/problem -o $(DEMO)/plan --time-limit $(TIME_LIMIT) --seed $(SEED)
	$(CLAPOT) waves $(DEMO)/problem $(DEMO)/plan -o $(DEMO)/plan --time-limit $(TIME_LIMIT) --seed $(SEED)
	$(CLAPOT) verify $(DEMO)/problem $(DEMO)/plan --floor $(DEMO)/floor

.PHONY: bench
bench: build ## Run the benchmarks on generated problems
	mkdir -p $(TARGET)/bench
	$(CLAPOT) generate --orders 1000 --nodes 12 --seed 1 --plain --force -o $(TARGET)/bench/b2c-plain
	$(CLAPOT) generate --orders 1000 --nodes 12 --seed 1 --force -o $(TARGET)/bench/b2c
	$(TARGET)/release/clapot-bench route --time-limit 10 $(TARGET)/bench/b2c-plain $(TARGET)/bench/b2c

.PHONY: bench-steps
bench-steps: tools ## Time single steps: reading, pricing, hardening, verifying
	cargo bench --workspace --features highs $(LOCKED) --bench steps

# --- test ------------------------------------------------------------------------------------------------------------

.PHONY: test
test: test-default test-rust test-examples test-python ## Run all tests

.PHONY: test-default
test-default: ## Check that the library builds with cargo alone, without HiGHS
	cargo check --release -p clapot $(LOCKED)

.PHONY: test-rust
test-rust: tools ## Run the Rust tests (unit, integration, documentation)
	cargo test $(WORKSPACE)

.PHONY: test-examples
test-examples: build ## Run every example
	for example in examples/*.rs; do echo "$$example"; $(TARGET)/release/examples/$$(basename $$example .rs); done

.PHONY: test-python
test-python: python ## Run the tests of the Python package: types, stubs, pytest, docstrings, notebooks, examples
	cd crates/py && $(PYENV)/bin/python -m mypy
	cd crates/py && $(PYENV)/bin/python -m mypy.stubtest clapot
	cd crates/py && $(PYENV)/bin/python -m pytest -q

# --- check -----------------------------------------------------------------------------------------------------------

.PHONY: check
check: check-rust check-python doc ## Formatting, lints, licences, types and documentation, without changing a file

.PHONY: check-rust
check-rust: tools
	cargo fmt --all --check
	cargo clippy $(WORKSPACE) --all-targets -- -D warnings
	cargo clippy --release -p clapot --all-targets $(LOCKED) -- -D warnings
	if command -v cargo-deny >/dev/null; then cargo deny --all-features check; else echo 'cargo-deny is not installed: skipped'; fi

.PHONY: check-python
check-python: python
	cd crates/py && $(PYENV)/bin/python -m mypy

.PHONY: doc
doc: tools ## Build the library's documentation
	RUSTDOCFLAGS='-D warnings' cargo doc $(WORKSPACE) --no-deps

# With the package itself, whose docstrings it shows.
.PHONY: docs
docs: python ## Build the user's guide into target/guide
	$(PYENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-docs.txt
	$(PYENV)/bin/python -m mkdocs build --quiet --strict --site-dir $(TARGET)/guide

.PHONY: fmt
fmt: ## Format all Rust code
	cargo fmt --all

.PHONY: clean
clean: ## Delete everything that was built or installed here
	cargo clean
	rm -rf $(VENV)
