# The front door of weir. Everything below is CMake (see CMakePresets.json); `make help` lists it.
.DEFAULT_GOAL := build
.PHONY: help deps build run test test-threads bench check format vectors fuzz clang interop clean

JOBS ?= $(shell nproc)
CTEST = ctest --output-on-failure --no-tests=error

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps:
	@scripts/deps

build: deps ## the release binary, build/weir
	@cmake --preset release >/dev/null
	@cmake --build build -j $(JOBS) --target weir

run: build ## builds weir and starts it
	@scripts/run

test: deps ## every test under asan and ubsan, the threaded ones under tsan too
	@cmake --preset asan >/dev/null
	@cmake --build build/asan -j $(JOBS)
	@cd build/asan && $(CTEST) -j $(JOBS)
	@$(MAKE) --no-print-directory test-threads

test-threads:
	@cmake --preset tsan >/dev/null
	@cmake --build build/tsan -j $(JOBS) --target threaded_tests
	@cd build/tsan && $(CTEST) -j $(JOBS) -L threads

bench: deps ## measures, and prints ratios
	@cmake --preset release >/dev/null
	@cmake --build build -j $(JOBS) --target benches
	@scripts/bench

check: deps ## tidy rules, format, cppcheck
	@cmake --preset debug >/dev/null
	@cmake --build build/debug -j $(JOBS) --target tidy
	@build/debug/tests/tidy .
	@scripts/format --check
	@scripts/lint

format: deps ## formats every C file in place
	@scripts/format

vectors: deps ## compares numbers, dates and zones with a JDK and Python, 100,000 vectors each
	@scripts/vectors

fuzz: ## builds the fuzz targets with libFuzzer, in build/fuzz/tests
	@scripts/deps clang
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS) --target fuzz_targets

clang: ## builds everything with clang too
	@scripts/deps clang
	@cmake --preset clang >/dev/null
	@cmake --build build/clang -j $(JOBS)

interop: build ## lets other people's Kafka clients work against weir broker (installs them once)
	@tests/interop/run

clean: ## forgets everything built
	@rm -rf build
