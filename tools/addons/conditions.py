"""``invisible="state != 'done'"`` as series before 17.0 have it: ``attrs="{'invisible': [('state', '!=', 'done')]}"``."""

import ast

OPERATORS = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
OPPOSITES = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in"}


class UnknownCondition(ValueError):
    """A condition that ``attrs`` cannot hold; the message says what to write instead."""


def domain(expression):
    """Translate a Python expression on the fields of a view.

    A field alone means that it has a value; for a number, which is never empty, write ``status == 0``.

    :return: the text of a domain
    :raises UnknownCondition: for what is neither a field, a comparison of a field with a constant, ``and``, ``or`` nor ``not``
    """
    terms = _terms(ast.parse(expression, mode="eval").body, expression, negated=False)
    return f"[{', '.join(terms)}]"


def _terms(node, expression, negated):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _terms(node.operand, expression, not negated)
    if isinstance(node, ast.BoolOp):
        parts = [_terms(value, expression, negated) for value in node.values]
        either = isinstance(node.op, ast.Or) is not negated
        if either:
            return ["'|'"] * (len(parts) - 1) + [term for part in parts for term in part]
        # "&" is written only where it is needed: in front of terms that follow an "|".
        return ["'&'"] * (len(parts) - 1) + [term for part in parts for term in part]
    if isinstance(node, (ast.Name, ast.Attribute)):
        return [f"('{ast.unparse(node)}', '{'=' if negated else '!='}', False)"]
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, (ast.Name, ast.Attribute)):
        operator = OPERATORS[type(node.ops[0])]
        try:
            value = ast.literal_eval(node.comparators[0])
        except ValueError:
            raise _refused(expression) from None
        if isinstance(value, tuple):
            value = list(value)
        return [f"('{ast.unparse(node.left)}', '{OPPOSITES[operator] if negated else operator}', {value!r})"]
    raise _refused(expression)


def _refused(expression):
    return UnknownCondition(
        f"The condition “{expression}” has no equivalent in series before 17.0: use fields, comparisons of a field with "
        "a constant, and, or, not; or compute a field for it."
    )
