"""Values as callers write them: JSON, or Python literals as in the manual. Nothing is ever evaluated."""

import ast
import json
import math
import re

from ..problem import Problem

SIZE_LIMIT = 32 * 1024  # bytes
DEPTH_LIMIT = 32  # brackets inside brackets

STRING = re.compile(r"""[uU]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")
TOKEN = re.compile(
    r"(?P<string>S)|(?P<value>[-+]?[\d.][\d.eE_]*(?:[eE][-+]\d+)?|True\b|False\b|None\b)|(?P<other>[][(){},:\s])"
)


class BadValue(ValueError):
    """A text that is no plain value."""


def parse(text, name):
    """The value that ``text`` is written as.

    :param name: of the parameter, for the sentence of the problem
    :return: None, bool, int, float, str, and lists, tuples and dicts of these
    :raises Problem: 403; 413
    """
    if len(text.encode("utf-8", "replace")) > SIZE_LIMIT:
        raise Problem(413, f"The parameter “{name}” is longer than {SIZE_LIMIT // 1024} KiB. Shorten it.")
    try:
        _check_depth(STRING.sub("S", text))
        try:
            value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_doubles)
        except BadValue:
            raise
        except ValueError:
            _check_tokens(STRING.sub("S", text))
            value = ast.literal_eval(text.strip())
        check_plain(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        reason = f": {error}" if isinstance(error, BadValue) else ""
        raise Problem(
            403,
            f"The parameter “{name}” is no plain value{reason}. Write JSON or a Python literal, "
            "for example [('model', '=', 'product.product')], and percent-encode what a URL cannot hold.",
        ) from error
    return value


def check_plain(value):
    """Check that ``value`` can be stored and sent.

    :raises BadValue:
    """
    if isinstance(value, str):
        if "\0" in value:
            raise BadValue("it holds the character NUL")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise BadValue("it holds half a character (a lone surrogate)")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadValue("it holds a number that is not finite")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            check_plain(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise BadValue("a key is no text")
            check_plain(key)
            check_plain(inner)
    elif value is not None and not isinstance(value, (bool, int)):
        raise BadValue(f"a {type(value).__name__} is no value here")


def _check_depth(code):
    depth = 0
    for bracket in re.findall(r"[][(){}]", code):
        depth += 1 if bracket in "[({" else -1
        if depth > DEPTH_LIMIT:
            raise BadValue(f"it is nested deeper than {DEPTH_LIMIT} levels")


def _check_tokens(code):
    """Let only values, brackets, commas and colons through, and no value right after another.

    Calls, operators, comprehensions: CPython may crash on what is long enough, before ``literal_eval`` can refuse it.
    """
    position, after_value = 0, False
    while position < len(code):
        token = TOKEN.match(code, position)
        if token is None:
            raise BadValue(f"it cannot be read at “{code[position : position + 20]}”")
        text = token.group()
        is_value = token.group("other") is None
        if after_value and (is_value or text in "[({"):
            raise BadValue("a comma is missing between two values")
        if not text.isspace():
            after_value = is_value or text in "])}"
        position = token.end()


def _refuse(constant):
    raise BadValue(f"{constant} is no value here")


def _without_doubles(pairs):
    value = dict(pairs)
    if len(value) < len(pairs):
        raise BadValue("an object has the same key twice")
    return value
