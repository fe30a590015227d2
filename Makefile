# `make demo` and `make test` do all their own set-up on Debian 12 / Ubuntu 24.04.

PYTHON = .venv/bin/python
SERIES = .venv/bin/series
PAIRS ?= ../shared/data/backports.jsonl

.PHONY: demo test lint coverage mutants man reference grizzly grizzly-tests grizzly-effects bench bench-large bench-wide bench-changeids bench-fetch bench-landed bench-released bench-backports porting-remaining bench-thresholds bench-ablation bench-contained bench-import bench-origins bench-packages soak soak-kill soak-faults soak-simultaneous clean \
	setup-demo setup-test setup-effects

demo: setup-demo
	$(SERIES) demo

test: setup-test
	$(PYTHON) -m pytest -n auto --dist worksteal

# Branch coverage of the whole suite: the lines without a test, and the rate, which is at least 95 %.
coverage: setup-test
	mkdir -p build/coverage
	$(PYTHON) -m pytest -n auto --dist worksteal --cov --cov-report=term

# Whether the tests notice small faults: N of them, drawn evenly over ROOMS (all), from SEED. What
# lived is printed. For the first time it measures what each test runs, which takes long.
mutants: N = 200
mutants: setup-test
	$(PYTHON) tests/bench/mutants.py --count $(N) --seed $(SEED) --rooms "$(ROOMS)"

lint: setup-test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

# The man pages, from the same source as --help. To read one: man -M build/man series-rebase
man: setup-demo
	$(PYTHON) tools/man build/man/man1

# The pages of the manual that are made from the code: the rules, the keys, the JSON documents.
reference: setup-test
	PYTHONPATH=tests $(PYTHON) -m support.reference

# The real series. SERIES_MIRRORS=DIR takes the upstreams from DIR/ORG/REPO instead of the network.
grizzly: setup-demo
	$(SERIES) rebase grizzly
	$(SERIES) run grizzly --onto 2013.1.2 --onto 2013.1.3
	$(SERIES) report grizzly --figure docs/manual/grizzly-effects.svg

# The projects' own tests, on the stock trees and after each patch: needs Debian 12, or PYTHON2=PATH
# (see tools/python2/setup). ARGS="--project nova --onto 2013.1.3" runs a part. Takes hours the first time.
ARGS ?= -j 2
grizzly-tests: setup-demo
	$(SERIES) rebase grizzly
	$(SERIES) test grizzly $(ARGS)

# What the patches change, measured on the stock trees of 2013.1.2 and on the patched ones: into
# build/effects. For all of it Debian 12 with memcached, rabbitmq-server, socat and cc; ten minutes.
grizzly-effects: setup-effects
	$(SERIES) rebase grizzly
	$(PYTHON) tools/grizzly-effects grizzly --onto 2013.1.2 $(if $(PYTHON2),--python $(PYTHON2))
	$(SERIES) report grizzly --figure build/effects/effects.svg

# What the commands take beside git, quilt and dpkg-buildpackage by hand, as one table; RUNS=N runs of
# each (3). Needs SERIES_MIRRORS, quilt and dpkg-dev.
bench: setup-test
	$(PYTHON) tests/bench/speed.py

# What 125 to 2,000 real commits of nova cost as one series, and 500 on ten releases: COUNTS="125 500x10".
# Needs SERIES_MIRRORS and dpkg-dev.
bench-large: setup-test
	$(PYTHON) tests/bench/large.py $(COUNTS)

# What it costs to ask where 20,000 changes of nova landed. Needs SERIES_MIRRORS.
bench-changeids: setup-test
	$(PYTHON) tests/bench/changeids.py

# What a generated repository of 100,000 files costs, with a change of half of them. Needs dpkg-dev.
bench-wide: setup-test
	$(PYTHON) tests/bench/wide.py

# What a first fetch of the Grizzly series moves over the network: needs SERIES_MIRRORS.
bench-fetch: setup-test
	$(PYTHON) tests/bench/fetch_bytes.py

# Indexing real histories, and the recall of finding backports: needs SERIES_MIRRORS.
bench-landed: setup-test
	$(PYTHON) tests/bench/landed.py $(PAIRS)

# Which release has which change, by plain git and by `series status`: CHANGES changes of the clones
# REPOS below SERIES_MIRRORS. Each difference is printed, and the exit status is 1 where there is one.
CHANGES ?= 330
REPOS ?= openstack/octavia openstack/manila openstack/designate openstack/ironic wagtail/wagtail etcd-io/etcd
bench-released: setup-test
	$(PYTHON) tests/bench/released.py --changes $(CHANGES) --seed $(SEED) $(REPOS)

# How the port engine does on real backports, and what pyflakes finds beside it: PAIRS=file in the
# form of backports.jsonl, such as tools/mine-backports makes of any clone with release branches;
# OUT=file for the result of each pair; COMPARE="A B" compares two such files instead. Needs
# SERIES_MIRRORS.
OUT ?= build/bench/backports.jsonl
bench-backports: setup-test
	$(PYTHON) tests/bench/backports.py $(if $(COMPARE),--compare $(COMPARE),--pyflakes $(PAIRS) $(OUT))

# docs/porting-remaining.md, of that run and of the reasons in tests/bench/remaining.toml.
porting-remaining: setup-test
	$(PYTHON) tests/bench/remaining.py $(OUT)

# What each threshold of the port engine is worth: tuned on one half of the pairs, reported on the
# other. PAIRS="A B" may be several files. Takes about an hour. Needs SERIES_MIRRORS.
bench-thresholds: setup-test
	$(PYTHON) tests/bench/thresholds.py $(PAIRS)

# What each rule and strategy of the port engine is worth: each is switched off in turn. Needs
# SERIES_MIRRORS.
bench-ablation: setup-test
	$(PYTHON) tests/bench/ablation.py $(PAIRS)

# Real changes ported onto their own backports: what is told of what is in already, and whether
# anything is said to be in that is not (the exit status is 1 then). Needs SERIES_MIRRORS.
bench-contained: setup-test
	$(PYTHON) tests/bench/contained.py $(PAIRS)

# Source packages imported and exported again, compared byte for byte: PACKAGES=file names one a line.
# Needs deb-src entries of apt; SERIES_MIRRORS lets origins be looked up.
bench-import: setup-test
	$(PYTHON) tests/bench/imports.py $(PACKAGES)

# The upstream commits of the patches in the packaging of 2013: which are found, and what is claimed
# wrongly (the exit status is 1 then). ORIGINS=file, see the script. Needs SERIES_MIRRORS.
bench-origins: setup-test
	$(PYTHON) tests/bench/origins.py $(ORIGINS)

# The patches of real packages on the next releases, beside gbp pq rebase: PACKAGES=file, see the script.
# Needs SERIES_MIRRORS with the upstreams' full history, and git-buildpackage.
bench-packages: setup-test
	$(PYTHON) tests/bench/packages.py $(PACKAGES)

# Random merges without a repository: N of them, from SEED.
N ?= 100000
SEED ?= 1
soak: setup-test
	$(PYTHON) tests/bench/soak.py $(N) $(SEED)

# Fuzz every parser for MINUTES, from SEED; the suite does a short run.
MINUTES ?= 10
fuzz: setup-test
	$(PYTHON) tests/bench/fuzz.py $(MINUTES) $(SEED)

# For how many real backports prerequisites were found, and how many of these people took too: PAIRS as
# for bench-backports, EVERY=N for each Nth pair. Needs SERIES_MIRRORS.
EVERY ?= 1
bench-why: setup-test
	mkdir -p build/bench
	$(PYTHON) tests/bench/prerequisites.py $(PAIRS) build/bench/prerequisites.jsonl --every $(EVERY)

# Kill the commands that write at KILLS random moments; the suite does a few of them.
KILLS ?= 200
soak-kill: setup-test
	SOAK_KILL=$(KILLS) $(PYTHON) -m pytest tests/pipeline/test_killed.py

# Let each call that writes or opens a file fail once, in every command that writes: takes hours.
soak-faults: setup-test
	FAULTS=all $(PYTHON) -m pytest -n auto -rA tests/faults

# The tests of commands at the same time, with PROCESSES of them on each command that writes.
PROCESSES ?= 20
soak-simultaneous: setup-test
	SIMULTANEOUS=$(PROCESSES) $(PYTHON) -m pytest tests/simultaneous

setup-demo:
	@sh tools/setup demo

setup-test:
	@sh tools/setup test

setup-effects:
	@sh tools/setup effects

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find build -mindepth 1 -maxdepth 1 ! -name .gitignore -exec rm -rf {} +
