"""The OpenAPI document says what the API does."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from .support import Api

schema = schemathesis.pytest.from_fixture("document")





@pytest.fixture(scope="session")
def document(server):
    """The document as schemathesis reads it."""
    return schemathesis.openapi.from_url(f"{server.url}/restapi/1.0/openapi.json")


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case, server, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


def test_the_document_needs_no_token(server):
    answer = Api(server).send("GET", "/restapi/1.0/openapi.json", {"Accept": "application/xml"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["openapi"] == "3.1.0"
