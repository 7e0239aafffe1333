"""What went wrong with a call, for the caller: an RFC 9457 problem."""

# The titles of the statuses (https://www.rfc-editor.org/rfc/rfc9457).
# A type is left to `about:blank`: the status says it all.
TITLES = {
    400: "Bad Request",
    401: "Not Authenticated",
    403: "Refused",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Too Large",
    429: "Too Many Requests",
    500: "Internal Error",
}


class Problem(Exception):
    """An answer that is not the one that was hoped for.

    :param status: one of ``TITLES``
    :param detail: a sentence that says what is wrong and what to do
    :param headers: dict of further headers of the answer
    """

    def __init__(self, status, detail, headers=None):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}

    def tree(self):
        """The members of the body: type, title, status, detail."""
        return {"type": "about:blank", "title": TITLES[self.status], "status": self.status, "detail": self.detail}
