"""The OpenAPI document says what the API does."""

import subprocess
import sys
from pathlib import Path

import pytest

from .support import Api

PATH = "/restapi/1.0/openapi.json"


def test_the_document_needs_no_token(server):
    answer = Api(server).send("GET", PATH, {"Accept": "application/xml"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["openapi"] == "3.1.0"


def test_every_answer_is_as_documented(server, token, tmp_path):
    pytest.importorskip("schemathesis")
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            program, "run", server.url + PATH, f"--header=Authorization: Bearer {token}", "--phases=examples,coverage,fuzzing,stateful",
            "--max-examples=25", "--seed=1", "--generation-database=none", "--no-color", "--checks=all",
            "--exclude-checks=positive_data_acceptance",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
