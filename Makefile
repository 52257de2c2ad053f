# Each target makes or refreshes .venv first; a second run starts at once. `make help` lists them.
PYTHON ?= python3
ARGS ?=

.PHONY: help run test test-fast check coverage lint style bench bench-compare bench-architectures bench-vocoder bench-live bench-train bench-networks bench-onnx bench-sound bench-sliders bench-grain hub-demo clean

help:
	@echo "make run     open Distill (without a display: write a sound and its picture here)"
	@echo "make test    lint, types, import contracts and tests"
	@echo "make test-fast   the tests that need no torch"
	@echo "make check   lint, format, types, import contracts and style; at once where nothing changed"
	@echo "make coverage    all tests, and the lines that none runs; pages in build/coverage"
	@echo "make lint    the checks of make check, whatever was checked before"
	@echo "make style   names, docstrings and structure (ARGS='--counts' or a folder)"
	@echo "make bench   measure start-up, sliders and memory, then bench-networks; figures in build/bench/bench.json"
	@echo "make bench-architectures   train and compare the networks; figures in build/bench/bench-architectures.json"
	@echo "make bench-vocoder         measure vocoders on held-out recordings; figures in build/bench/bench-vocoder.json"
	@echo "make bench-live            measure the moving slider, with a window and a sound server; figures in build/bench/bench-live.json"
	@echo "make bench-train           measure training, kills, playing beside it and memory; figures in build/bench/bench-train.json"
	@echo "make bench-networks        time the published networks against PyPI's; figures in build/bench/bench-networks.json"
	@echo "make bench-onnx            compare torch and ONNX Runtime, one thread and two; figures in build/bench/bench-onnx.json"
	@echo "make bench-sound           judge generated sound on eleven sets of recordings; figures in build/bench/bench-sound.json"
	@echo "make bench-sliders         judge the sliders by measures that share nothing with them; figures in build/bench/bench-sliders.json"
	@echo "make bench-grain           measure the grain of 20 files, of 500 and of 83 hours; figures in build/bench/bench-grain.json"
	@echo "make bench-compare A=FOLDER B=FOLDER   ratios of two folders of figures; fails where one got worse"
	@echo "make hub-demo    show a download that is cut off and taken up again"
	@echo "make clean   remove .venv, build and caches"

run test test-fast check coverage lint style bench bench-architectures bench-vocoder bench-live bench-train bench-networks bench-onnx bench-sound bench-sliders bench-grain hub-demo:
	@$(PYTHON) tools/tasks.py $@ $(ARGS)

bench-compare:
	@$(PYTHON) tools/tasks.py $@ $(A) $(B)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
	find distill_app tests tools -name __pycache__ -prune -exec rm -rf {} +
