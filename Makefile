# siaran. `make` or `make help` lists what there is.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   := -s -w -X main.version=$(VERSION)
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
TOOLS     := bin/tools

# Settings: make test RACE=1, make test PKG=./campaign/..., make fuzz FUZZTIME=1m, make bench BENCH=Report
RACE     ?=
PKG      ?= ./...
FUZZTIME ?= 3s
BENCH    ?= .
COUNT    ?= 1

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: bin/siaran ## the whole job on invented samples, on this computer alone, in under a minute
	bin/siaran demo

.PHONY: bin/siaran
bin/siaran:
	CGO_ENABLED=0 go build -ldflags '-X main.version=$(VERSION)' -o $@ ./cmd/siaran

.PHONY: setup
setup:
	@.ci/setup

.PHONY: test
test: setup ## all tests, installing what they need (RACE=1, PKG=./campaign/...)
	go test $(if $(RACE),-race) -timeout 15m $(PKG)

.PHONY: race
race: ## all tests under the race detector
	@$(MAKE) --no-print-directory test RACE=1

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (3s)
	.ci/fuzz $(FUZZTIME) $(PKG)

.PHONY: bench
bench: setup ## all benchmarks (BENCH=pattern, COUNT=5; compare two outputs with make benchstat)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 2h $(PKG)

.PHONY: benchstat
benchstat: $(TOOLS) ## compare two outputs of make bench: OLD=file NEW=file
	$(TOOLS)/benchstat $(OLD) $(NEW)

.PHONY: soak
soak: setup ## hours of it: hundreds of kills, every fuzz target for minutes
	SIARAN_SOAK=1 go test -count 1 -timeout 4h ./...
	.ci/fuzz 2m ./...

.PHONY: lint
lint: $(TOOLS) ## formatting, go vet, linters, dead code, a tidy go.mod
	go mod tidy -diff
	@bad=$$($(TOOLS)/gofumpt -l .); if [ -n "$$bad" ]; then echo "not gofumpt'ed:" $$bad >&2; exit 1; fi
	go vet ./...
	$(TOOLS)/golangci-lint run
	@dead=$$($(TOOLS)/deadcode -test ./... && $(TOOLS)/deadcode ./cmd/siaran); if [ -n "$$dead" ]; then echo "nobody calls this, or tests only:" >&2; echo "$$dead" >&2; exit 1; fi

.PHONY: fmt
fmt: $(TOOLS) ## write all files in gofumpt's form
	$(TOOLS)/gofumpt -w .

# Tools are built from their own, pinned go.mod; the first time takes minutes.
$(TOOLS): .tools/go.mod .tools/go.sum
	@mkdir -p $(TOOLS)
	GOFLAGS=-mod=readonly go build -C .tools -o ../$(TOOLS)/ tool
	@touch $(TOOLS)

.PHONY: cover
cover: setup ## coverage of all packages by all tests: coverage.html
	go test -coverpkg ./... -coverprofile coverage.out -timeout 15m ./...
	go tool cover -html coverage.out -o coverage.html
	go tool cover -func coverage.out | tail -n 1

.PHONY: samples
samples: ## write samples/ anew; the cells stay the same
	go test ./samples -run Generator -update
	go test ./samples

.PHONY: cross
cross: # the systems whose own code no test here runs
	@for p in darwin/arm64 windows/amd64; do echo "building for $$p"; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build -o /dev/null ./cmd/siaran; done

.PHONY: dist
dist: ## binaries for Linux, macOS and Windows with checksums, in dist/
	@rm -rf dist && mkdir dist
	@for p in $(PLATFORMS); do \
		os=$${p%/*} arch=$${p#*/} out=dist/siaran-$(VERSION)-$$os-$$arch; \
		if [ $$os = windows ]; then out=$$out.exe; fi; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '$(LDFLAGS)' -o $$out ./cmd/siaran; \
		echo $$out; \
	done
	@cd dist && if command -v sha256sum >/dev/null; then sha256sum siaran-*; else shasum -a 256 siaran-*; fi | tee SHA256SUMS

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist coverage.out coverage.html
