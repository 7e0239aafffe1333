"""Odoo's web client as a person uses it, in a real browser: for the browser tests and the screenshots."""

import contextlib
import re
import resource

from playwright.sync_api import expect, sync_playwright

from .environment import browser

SIZE = {"width": 1280, "height": 800}
PATIENCE = 30_000  # milliseconds: the first page of a server has its styles and scripts built


@contextlib.contextmanager
def browsing(executable):
    """A running headless browser (Playwright's ``Browser``)."""
    expect.set_options(timeout=PATIENCE)
    # An Odoo in this process (pytest's) bounds its address space, which Chromium would inherit and not live with.
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, headless=True, args=browser.OPTIONS)
        try:
            yield running
        finally:
            running.close()


class WebClient:
    """One person's browser window on an Odoo.

    :param running: what :func:`browsing` gives
    :param url: the address of the server
    """

    def __init__(self, running, url):
        self.url = url
        self.errors = []
        self._context = running.new_context(viewport=SIZE, locale="en-US", timezone_id="UTC")
        self._context.set_default_timeout(PATIENCE)
        self.page = self._context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def close(self):
        """Close the window."""
        self._context.close()

    def log_in(self, login="admin", password="admin"):
        """Log in by the form, in developer mode.

        From the start: a ``?debug=1`` right after the login was once seen to leave out the technical menus.
        """
        self.page.goto(f"{self.url}/web/login?debug=1")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        expect(self.page.locator(".o_main_navbar")).to_be_visible()
        return self

    def open(self, path):
        """Open a page of the web client by its address, such as ``/odoo/settings``."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.locator(".o_action_manager > *").first).to_be_visible()

    def menu(self, section, *names):
        """Choose a menu of the current application: its section, then the headings that lead to the entry."""
        self.page.locator(".o_menu_sections").get_by_role("button", name=section, exact=True).click()
        path = "//*[contains(@class, 'o-dropdown--menu')]/*"
        for heading in names[:-1]:
            path += f"[contains(@class, 'dropdown-header')][normalize-space()='{heading}'][1]/following-sibling::*"
        self.page.locator(f"xpath={path}[@role='menuitem'][normalize-space()='{names[-1]}']").first.click()

    def field(self, name):
        """The widget of a field of the form (that of the dialog, if one is open)."""
        return self._form().locator(f".o_field_widget[name='{name}']")

    def fill(self, name, text):
        """Type into a field."""
        self.field(name).locator("input, textarea").first.fill(text)

    def pick(self, name, text, label=None):
        """Choose a record in a field that completes what is typed."""
        box = self.field(name).locator("input")
        box.click()
        box.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item").get_by_text(label or text).first.click()

    def choose(self, name, label):
        """Choose a radio button."""
        self.field(name).get_by_label(label, exact=True).check()

    def save(self):
        """Save the form, and wait until it is saved."""
        self.press_save()
        expect(self.page.locator(".o_form_status_indicator_buttons.invisible")).to_be_attached()

    def press_save(self):
        """Press the button that saves the form."""
        self.page.locator(".o_form_button_save").click()

    def press(self, label):
        """Press a button of the form."""
        # Not by its role's name, of which an icon is a part.
        self._form().locator("button").filter(has_text=re.compile(rf"^\s*{label}\s*$")).click()

    @property
    def dialog(self):
        """The open dialog."""
        return self.page.locator(".modal:not(.o_inactive_modal)")

    def _form(self):
        return self.dialog if self.dialog.count() else self.page.locator(".o_action_manager")
