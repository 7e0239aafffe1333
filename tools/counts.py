"""A pytest plugin that writes how many tests passed, failed and were skipped to a file, for one sum over several runs."""

import json
from collections import Counter
from pathlib import Path


def pytest_addoption(parser):
    parser.addoption("--count-into", help="the file for the counts (JSON)")


def pytest_terminal_summary(terminalreporter, config):
    stats = terminalreporter.stats
    counts = Counter({name: len(stats.get(name, ())) for name in ("passed", "failed", "skipped")})
    counts["failed"] += len(stats.get("error", ()))
    if config.option.count_into:
        Path(config.option.count_into).write_text(json.dumps(counts))
