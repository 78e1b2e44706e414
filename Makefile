# Every target sets up what it needs first; see README.md.
.PHONY: help setup setup-test demo demo-models run test soak lint format fuzz bench screenshots clean

help:
	@echo "make demo         set up, draw the demo dataset and open the window on it"
	@echo "make demo-models  train the models that ship, on pictures drawn for it (hours on a processor)"
	@echo "make run          open the window"
	@echo "make test         set up and run the whole test suite"
	@echo "make lint         ruff, mypy, import-linter"
	@echo "make fuzz         the property tests on new examples, ROUNDS times (10): 16,000 damaged datasets and more"
	@echo "make soak         the tests that take minutes each"
	@echo "make bench        measure speed; results go to benchmarks/RESULTS.md by hand"
	@echo "make screenshots  render the pictures of the user guide"

setup:
	@./setup.sh

setup-test:
	@./setup.sh test

demo: setup-test
	@.venv/bin/python docs/demo.py build/demo

demo-models: setup-test
	@.venv/bin/python docs/demo_models.py build/demo-models

run: setup
	@.venv/bin/deepfashion-studio

test: setup-test
	@# A file stays in one process: what its tests share is made once. In the order of the folders the
	@# long files (e2e, gui) go first, and the processes end together. Three of them, as many tests wait for others.
	@.venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: setup
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

ROUNDS ?= 10
fuzz: setup-test
	@for round in $$(seq $(ROUNDS)); do \
		.venv/bin/python -m pytest -m hypothesis --hypothesis-profile=fuzz || exit 1; done

soak: setup-test
	@.venv/bin/python -m pytest -m long

bench: setup-test
	@.venv/bin/python -m benchmarks

screenshots: setup-test
	@.venv/bin/python docs/screenshots.py docs/images
	@.venv/bin/python docs/tool_pictures.py --out docs/images/tools --size 1280x800 --only lasso,attributes,tone
	@.venv/bin/python docs/tool_pictures.py --out docs/images/tools --size 1280x800 --scale 2 --only guided

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
