"""An application is registered in the web client, and a person allows it access."""

import re

import pytest
import requests

from tools.webclient import WebClient

COMMON = "/restapi/1.0/common"


@pytest.fixture
def registered(web, receiver, shown):
    """What the administrator copies from the dialog: the client's id and secret."""
    web.open_action("restapi_webhook.restapi_application_action", "new")
    web.fill("name", "Warehouse connector")
    web.fill("redirect_uris", receiver.url("/callback"))
    web.save()
    web.press("Generate secret")
    shown(web.dialog).to_contain_text("Copy the secret now")
    texts = [web.dialog.locator(f"[name={name}]").last.inner_text() for name in ("key", "secret")]
    key, secret = (re.search(r"\w{32,}", text).group() for text in texts)
    web.dialog.get_by_role("button", name="Close", exact=True).last.click()
    shown(web.page.get_by_role("button", name="Generate a new secret")).to_be_visible()
    assert secret not in web.page.content()
    return key, secret


def test_the_secret_from_the_dialog_works(registered, server):
    answer = requests.post(
        f"{server.url}{COMMON}/oauth2/access_token",
        data={"grant_type": "client_credentials"},
        auth=registered,
        timeout=30,
    )
    assert answer.status_code == 200


def test_a_person_allows_access(registered, server, receiver, running_browser, shown):
    key, _secret = registered
    window = WebClient(running_browser, server)
    page, callback = window.page, receiver.url("/callback")
    asked = f"response_type=code&client_id={key}&redirect_uri={callback}&scope=webhooks&state=s"
    page.goto(f"{server.url}{COMMON}/oauth2/authorize?{asked}")
    page.wait_for_load_state("networkidle")
    page.locator("input[name=login]").fill("admin")
    page.locator("input[name=password]").fill("admin")
    page.locator("input[name=password]").press("Enter")
    shown(page.get_by_text("Warehouse connector")).to_be_visible()
    assert not window.errors
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{callback}**")
    assert re.search(r"code=\w+&state=s&iss=", page.url)
    window.close()
