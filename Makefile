# `make run` and `make test` share one release build; see CONTRIBUTING.md.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

ONCE ?=
TOPOLOGY ?=
SWIFT_FLAGS := -c release --explicit-target-dependency-import-check error
BIN = .build/release

.PHONY: help setup build run test format lint clean

help: ## Say what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install the Debian packages that are missing
	@scripts/setup.sh

build: setup ## Build the two programs (release)
	@scripts/build.sh programs

run: build ## Start three linked chains and a relayer, move assets, verify the proofs (ONCE=1 stops after it)
	@$(BIN)/echochain demo $(if $(ONCE),--once) $(if $(TOPOLOGY),--topology $(TOPOLOGY))

test: ## Build and run every test, those on real processes included
	@scripts/test.sh

format: ## Rewrite the sources in the project's format
	@swift format --in-place --parallel --recursive Package.swift Sources Tests relayer

lint: ## Check the format without changing anything
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests relayer

clean: ## Remove what the build made
	@rm -rf .build .deps
