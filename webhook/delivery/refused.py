"""Sentences of code that knows no user, and so no language."""

from odoo import _ as translate


def _(text):
    """Mark a text for translators."""
    return text


class Refused(ValueError):
    """Something that cannot be sent. Its message says why and what to do; it never quotes a secret."""

    def __init__(self, text, **values):
        """Take a text that is marked by :func:`_`, with the values that its ``%(name)s`` stand for."""
        super().__init__(text % values if values else text)
        self.text, self.values = text, values

    def translated(self, env):
        """The message in the language of a user: str."""
        context = {"lang": env.lang or "en_US"}  # noqa: F841 (Odoo looks for it here)
        return translate(self.text, **self.values)  # pylint: disable=translation-contains-variable
