# `make` alone explains the targets. Everything that is made lies in artifacts/ and .tools/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CONFIGURATION ?= Release
PUBLISH_RID ?= linux-x64
FUZZ_SECONDS ?= 120
# The build server would keep files of a deleted checkout open, and outlive the command.
DOTNET_FLAGS := --nologo --disable-build-servers
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export MSBUILDDISABLENODEREUSE := 1

.PHONY: help tools build test demo bench fuzz conformance lint format publish clean

help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

tools: ## unpack containerd, registry, signers and the rest below .tools/ (quick when done)
	@packaging/tools/get-tools.sh
	@packaging/tools/get-trust.sh

build: ## build everything (CONFIGURATION=Release)
	dotnet build NodeGate.sln -c $(CONFIGURATION) $(DOTNET_FLAGS)

test: tools build ## all tests; the last line is the sum over all suites
	@packaging/tools/run-tests.sh $(CONFIGURATION)

demo: tools ## signed, unsigned and smuggled images against a real containerd; shows each answer
	dotnet run -c $(CONFIGURATION) --project tests/NodeGate.Demo

bench: tools ## measure the relay and the decision; writes artifacts/bench/results.json
	dotnet run -c $(CONFIGURATION) --project tests/NodeGate.Benchmarks

fuzz: ## search for inputs that break a parser's oracle: FUZZ_SECONDS=120 in all; TARGET=name, SEED=n, INPUT=file, KEEP=1 (adds to the corpus)
	TMPDIR=$$(test -w /dev/shm && echo /dev/shm || echo /tmp) dotnet run -c $(CONFIGURATION) --project tests/NodeGate.Fuzz -- FUZZ_SECONDS=$(FUZZ_SECONDS) TARGET=$(TARGET) SEED=$(SEED) INPUT=$(INPUT) KEEP=$(KEEP)

conformance: tools build ## the client of the public suites (artifacts/conformance/), all vectors through it, and the tests of that category
	dotnet publish tests/NodeGate.Conformance -c $(CONFIGURATION) --no-build -o artifacts/conformance $(DOTNET_FLAGS) -v quiet
	@packaging/tools/run-conformance.sh artifacts/conformance/nodegate-conformance
	@packaging/tools/run-tests.sh $(CONFIGURATION) --filter Category=Conformance

lint: ## formatting and analyzers, changes nothing
	dotnet format NodeGate.sln --verify-no-changes

format: ## put the formatting right
	dotnet format NodeGate.sln

publish: ## one self-contained file: artifacts/publish/nodegate
	packaging/tools/publish.sh $(PUBLISH_RID)

clean: ## delete what was built; .tools/ stays
	rm -rf artifacts .demo
