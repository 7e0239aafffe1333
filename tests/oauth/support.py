"""What the tests of OAuth say often."""

import html
import http.client
import re
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

COMMON = "/restapi/1.0/common"
WEBHOOKS = "/restapi/1.0/webhooks"
CALLBACK = "https://client.example.com/callback"
# RFC 7636, appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class Application:
    """An application as its administrator has registered it.

    :param client: the administrator's :class:`tools.server.Client`
    """

    def __init__(self, client, name="Connector", secret=True, **values):
        values.setdefault("redirect_uris", CALLBACK)
        self.client = client
        self.id = client.create("restapi.application", name=name, **values)
        self.key = client.call("restapi.application", "read", [self.id], ["key"])[0]["key"]
        self.secret = self.new_secret() if secret else None

    def new_secret(self):
        """Press the button, and copy the secret from the dialog."""
        action = self.client.call("restapi.application", "action_new_secret", [self.id])
        shown = action["context"]
        assert (action["res_model"], shown["default_key"]) == ("restapi.secret", self.key)
        return shown["default_secret"]

    def write(self, **values):
        """Change the application in its form."""
        self.client.call("restapi.application", "write", [self.id], values)


class Provider:
    """The server's OAuth routes, called as a program would."""

    def __init__(self, url):
        self.url = url

    def address(self, path):
        return f"{self.url}{COMMON}/{path}"

    def token(self, application, path="oauth2/access_token", basic=True, **parameters):
        """POST to the token endpoint, with the application's credentials in the header or in the body."""
        auth = (application.key, application.secret) if basic else None
        if not basic:
            parameters = {"client_id": application.key, **parameters}
            if application.secret:
                parameters["client_secret"] = application.secret
        return requests.post(self.address(path), data=parameters, auth=auth, timeout=30)

    def read(self, token):
        """GET the webhooks with a bearer token."""
        return requests.get(f"{self.url}{WEBHOOKS}", headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def works(self, token):
        """Whether a bearer token opens the API: 200, or else 401."""
        status = self.read(token).status_code
        assert status in (200, 401)
        return status == 200


class Person:
    """Somebody with a browser, who logs in and answers the pages; no script runs in this one."""

    def __init__(self, url, login="admin", password="admin"):
        self.url = url
        self.login, self.password = login, password
        self.browser = requests.Session()
        self.browser.trust_env = False

    def open(self, address, **parameters):
        """Open an address without following where it leads to."""
        return self.browser.get(address, params=parameters, allow_redirects=False, timeout=60)

    def log_in(self, page_or_path="/web/login"):
        """Fill the form of the login page; returns the page after it."""
        page = self.browser.get(urljoin(self.url, page_or_path), timeout=60)
        fields = form(page.text, "login")
        fields.update(login=self.login, password=self.password)
        return self.browser.post(f"{self.url}/web/login", data=fields, allow_redirects=False, timeout=60)

    def authorize(self, address, **parameters):
        """Open the consent page, by way of the login if that is where it leads to; returns the page."""
        page = self.open(address, **parameters)
        if page.status_code == 303 and self._is_login(page.headers["Location"]):
            page = self.log_in(page.headers["Location"])
            assert page.status_code in (302, 303), page.text[:500]
            page = self.open(urljoin(self.url, page.headers["Location"]))
        return page

    def _is_login(self, address):
        return urljoin(self.url, address).startswith(f"{self.url}/web/login")

    def answer(self, page, decision="allow", **changed):
        """Press a button of the consent page; returns the answer, not followed."""
        assert page.status_code == 200, page.text
        fields = {**form(page.text, "consent"), "decision": decision, **changed}
        action = re.search(r'<form[^>]*action="([^"]*authorize[^"]*)"', page.text).group(1)
        return self.browser.post(f"{self.url}{html.unescape(action)}", data=fields, allow_redirects=False, timeout=60)


def form(page, field):
    """The hidden fields of the form in which ``field`` stands."""
    for block in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if f'name="{field}"' in block:
            inputs = re.findall(r"<input[^>]*>", block)
            pairs = [(attribute(each, "name"), attribute(each, "value")) for each in inputs]
            return {name: html.unescape(value or "") for name, value in pairs if name}
    raise AssertionError(f"there is no form with {field}:\n{page[:3000]}")


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found.group(1) if found else None


def returned(response):
    """The parameters with which the browser was sent back to the application: (address without them, dict)."""
    assert response.status_code == 303, f"{response.status_code}: {response.text[:2000]}"
    parts = urlsplit(response.headers["Location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def raw(url, method, target, headers=None, body=None):
    """Send a request line exactly as given; returns (status, headers, body)."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection._validate_path = lambda path: None  # raw spaces and brackets, as the manual prints them
    connection.putrequest(method, target, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    data = body.encode() if isinstance(body, str) else body
    if data is not None:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text
