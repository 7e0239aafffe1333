"""Odoo's web client as a person uses it, in a real browser: for the browser tests and the screenshots.

Its pages were written anew between 14.0 and 17.0: where a selector has an alternative, the second one is the older.
"""

import contextlib
import re
import time

from playwright.sync_api import expect, sync_playwright

from .environment import browser

SIZE = {"width": 1280, "height": 800}
PATIENCE = 30_000  # milliseconds: the first page of a server has its styles and scripts built


@contextlib.contextmanager
def browsing(executable):
    """A running headless browser (Playwright's ``Browser``)."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, headless=True, args=browser.OPTIONS)
        try:
            yield running
        finally:
            running.close()


class WebClient:
    """One person's browser window on an Odoo.

    :param running: what :func:`browsing` gives
    :param server: the running :class:`tools.server.OdooServer`
    """

    def __init__(self, running, server):
        self.url, self.series = server.url, server.series
        self.errors = []
        self._context = running.new_context(viewport=SIZE, locale="en-US", timezone_id="UTC")
        self._context.set_default_timeout(PATIENCE)
        self.page = self._context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def take_errors(self, count):
        """Wait for ``count`` errors in the console, and take them out of it: list of str."""
        deadline = time.monotonic() + PATIENCE / 1000
        while len(self.errors) < count and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        taken, self.errors[:] = list(self.errors), []
        return taken

    def close(self):
        """Close the window."""
        self._context.close()

    def log_in(self, login="admin", password="admin"):
        """Log in by the form, in developer mode.

        From the start: a ``?debug=1`` right after the login was once seen to leave out the technical menus.
        """
        self.page.goto(f"{self.url}/web/login?debug=1")
        # An answer to a request of the old session would overwrite the cookie of the new one.
        self.page.wait_for_load_state("networkidle")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        expect(self.page.locator(".o_main_navbar")).to_be_visible()
        return self

    def open(self, path):
        """Open a page of the web client by its address, such as ``/odoo/settings``."""
        self.page.goto("about:blank")  # a change behind the # alone would not load the page anew
        self.page.goto(f"{self.url}{path}")
        expect(self.page.locator(".o_action_manager > *").first).to_be_visible()

    def open_settings(self):
        """Open General Settings."""
        self.open(self.series.settings_path)

    def open_action(self, action, record=None):
        """Open a window action by its external identifier, or one record in it (``new``: an empty form)."""
        self.open(self.series.action_path(action, record))

    def open_app(self, name):
        """Choose an application from the menu of all of them."""
        self.page.locator(".o_navbar_apps_menu button, .o_menu_apps > .dropdown > a, .o_menu_apps a.full").first.click()
        self.page.locator(".o_app").get_by_text(name, exact=True).click()
        expect(self.page.locator(".o_menu_brand")).to_have_text(name)

    def entry(self, name):
        """Choose an entry of the current application that stands in its bar."""
        self.page.locator(".o_menu_sections").get_by_text(name, exact=True).first.click()
        expect(self.breadcrumb).to_contain_text(name)

    def menu(self, section, *names):
        """Choose a menu of the current application: its section, then the headings that lead to the entry."""
        self.page.locator(".o_menu_sections").get_by_role("button", name=section, exact=True).click()
        opened = (
            "contains(@class, 'o-dropdown--menu') or contains(@class, 'dropdown-menu') and contains(@class, 'show')"
        )
        path = f"//*[{opened}]/*"
        for heading in names[:-1]:
            path += f"[contains(@class, 'dropdown-header')][normalize-space()='{heading}'][1]/following-sibling::*"
        self.page.locator(f"xpath={path}[@role='menuitem'][normalize-space()='{names[-1]}']").first.click()

    def field(self, name):
        """The widget of a field of the form (that of the dialog, if one is open)."""
        return self._form().locator(f".o_field_widget[name='{name}']").first

    def input(self, name):
        """Where one types into a field."""
        types = ":is(input, textarea)"
        return self._form().locator(f"[name='{name}'] {types}, {types}[name='{name}']").first

    def paste(self, name, text):
        """Paste into a field what was copied elsewhere."""
        self._context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.url)
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.input(name).press("ControlOrMeta+v")

    def fill(self, name, text):
        """Type into a field."""
        self.input(name).fill(text)

    def expect_value(self, name, text):
        """Wait until a field holds ``text``, whether the form is being edited or only shown."""
        shown = self.field(name)
        expect(shown).to_be_visible()
        if self.input(name).count():
            expect(self.input(name)).to_have_value(text)
        else:
            expect(shown).to_have_text(text)

    def pick(self, name, text, label=None):
        """Choose a record in a field that completes what is typed."""
        box = self.input(name)
        box.click()
        box.press_sequentially(text)  # as a person types: older series look up what is typed at a key
        choices = self.page.locator(".o-autocomplete--dropdown-item, .ui-autocomplete .ui-menu-item:visible")
        choices.get_by_text(label or text).first.click()

    def pick_on_phone(self, name, label):
        """The same in a small window, where newer series show a page of records to choose from."""
        if self.series.number < 16:
            self.pick(name, label)
            return
        self.input(name).click()
        self.dialog.locator(".o_kanban_record").get_by_text(label, exact=True).click()
        expect(self.dialog).to_have_count(0)

    def pick_field(self, label, path):
        """Choose a field of the webhook's model by its label, for those that are watched.

        :param path: its name
        """
        if self.series.has_path_widget:
            self.pick_paths("field_names", path)
            return
        self.pick("field_ids", label)
        expect(self.field("field_ids").locator(".o_badge_text").filter(has_text=label)).to_be_visible()

    def pick_paths(self, name, *paths):
        """Choose fields in a widget for field paths, one after another, through the relations before them."""
        self.field(name).get_by_role("button", name="Add a field").click()
        for path in paths:
            *relations, field = path.split(".")
            for relation in relations:
                label = self._selectable(relation, "name").inner_text().splitlines()[0]
                self._selectable(relation, "relation").click()
                title = self.field_selector.locator(".o_model_field_selector_popover_title")
                expect(title).to_have_text(re.compile(rf"^(\.\.\. > )?{re.escape(label)}$"))
            self._selectable(field, "name").click()
            for _relation in relations:
                self.field_selector.get_by_role("img", name="Previous").click()
        self.field_selector.get_by_role("img", name="Close").click()
        expect(self.field_selector).to_have_count(0)

    @property
    def field_selector(self):
        """The window from which fields are chosen for a path."""
        return self.page.locator(".o_model_field_selector_popover")

    def _selectable(self, name, part):
        return self.field_selector.locator(f"[data-name='{name}'] .o_model_field_selector_popover_item_{part}")

    def paths(self, name):
        """The tags in a widget for field paths."""
        return self.field(name).locator(".o_tag")

    def expect_paths(self, name, *paths):
        """Wait until a field for paths holds these, all of which exist."""
        if not self.series.has_path_widget:
            self.expect_value(name, ", ".join(paths))
            return
        expect(self.paths(name)).to_have_count(len(paths))
        for position, path in enumerate(paths):
            expect(self.paths(name).nth(position)).to_have_attribute("data-tooltip", path)

    def choose(self, name, label):
        """Choose a radio button."""
        self.field(name).get_by_text(label, exact=True).click()
        expect(self.field(name).get_by_label(label, exact=True)).to_be_checked()

    def select(self, name, label):
        """Choose from the list of a selection field."""
        box = self._form().locator(f"[name='{name}']").first
        if box.locator("select").count() or box.evaluate("box => box.tagName") == "SELECT":  # until 18.0
            (box.locator("select") if box.locator("select").count() else box).select_option(label=label)
            return
        box.locator("input").click()
        self.page.locator(".o_select_menu_item").filter(has_text=label).click()

    def edit(self):
        """Begin to edit the record that the form shows; from 16.0 on, that needs nothing."""
        if self.series.number < 16:
            self.page.locator(".o_form_button_edit").click()
            expect(self.page.locator(".o_form_editable")).to_be_visible()

    def wait_for_row(self, action, name, text):
        """Open the list of an action again and again until ``text`` stands in the row with ``name``."""
        deadline = time.monotonic() + PATIENCE / 1000
        while True:
            self.open_action(action)
            expect(self.rows(name)).to_be_visible()
            if text in self.rows(name).inner_text():
                return
            assert time.monotonic() < deadline, f"“{text}” is not in “{self.rows(name).inner_text()}”"

    def save(self):
        """Save the form, and wait until it is saved."""
        self.press_save()
        saved = ".o_form_status_indicator_buttons.invisible, .o_form_readonly"
        expect(self.page.locator(saved).first).to_be_attached()

    def press_save(self):
        """Press the button that saves the form."""
        self.page.locator(".o_form_button_save").click()

    def press(self, label):
        """Press a button of the form."""
        # Not by its role's name, of which an icon is a part.
        self._form().locator("button").filter(has_text=re.compile(rf"^\s*{label}\s*$")).click()

    @property
    def breadcrumb(self):
        """Where in the web client the window is."""
        return self.page.locator(".o_breadcrumb, ol.breadcrumb").first

    def rows(self, text=""):
        """The rows of the list, those in which ``text`` stands."""
        return self.page.locator(".o_data_row").filter(has_text=text)

    def open_row(self, text):
        """Open the record in whose row of the list ``text`` stands."""
        self.rows(text).locator(".o_data_cell").first.click()
        expect(self.page.locator(".o_form_view")).to_be_visible()

    def select_row(self, text):
        """Tick the row of the list in which ``text`` stands."""
        self.rows(text).locator(".o_list_record_selector input").evaluate("box => box.click()")

    @property
    def attempts(self):
        """The attempts of a delivery, in its form."""
        return self.field("attempt_ids").locator(".o_kanban_record:not(.o_kanban_ghost)")

    @property
    def stage(self):
        """The stage of the status bar that the record is in."""
        return self.page.locator(".o_arrow_button_current, .o_arrow_button.btn-primary")

    @property
    def error(self):
        """The window that tells of an error in Odoo, or in what was typed."""
        return self.page.locator(".o_error_dialog, .o_dialog_error")

    @property
    def dialog(self):
        """The open dialog."""
        return self.page.locator(".modal:not(.o_inactive_modal)")

    def _form(self):
        return self.dialog if self.dialog.count() else self.page.locator(".o_action_manager")
