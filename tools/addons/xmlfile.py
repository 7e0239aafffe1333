"""XML files in the house's format: read, changed and written again, they look as if written by hand.

Text, comments and line breaks between elements stay as they are. A start tag stands on one line if it fits there; else
its attributes are aligned below the first one.
"""

from xml.etree import ElementTree

WIDTH = 120
INDENT = "    "


def read(path):
    """The root element of a file, comments included."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    return ElementTree.fromstring(path.read_bytes(), parser)


def text(root):
    """The whole file as text, with the declaration and a newline at the end."""
    out = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _write(root, out, 0)
    return "".join(out) + "\n"


def _write(element, out, column):
    if element.tag is ElementTree.Comment:
        out.append(f"<!--{element.text}-->")
        return
    empty = not len(element) and not element.text
    out.append(_start_tag(element, column, "/>" if empty else ">"))
    if empty:
        return
    out.append(_escape(element.text or ""))
    for child in element:
        _write(child, out, _column(out))
        out.append(_escape(child.tail or ""))
    out.append(f"</{element.tag}>")


def _start_tag(element, column, end):
    attributes = [f'{name}="{_escape(value, quote=True)}"' for name, value in element.attrib.items()]
    line = " ".join([f"<{element.tag}", *attributes]) + end
    if column + len(line) <= WIDTH or len(attributes) < 2:
        return line
    indent = " " * (column + len(element.tag) + 2)
    lines = [f"<{element.tag} {attributes[0]}"]
    width = column + len(lines[0])
    for position, attribute in enumerate(attributes[1:], 2):
        needed = 1 + len(attribute) + (len(end) if position == len(attributes) else 0)
        if width + needed <= WIDTH:
            lines[-1] += f" {attribute}"
            width += needed
        else:
            lines.append(indent + attribute)
            width = len(lines[-1])
    return "\n".join(lines) + end


def _column(out):
    """Where the next character of the output stands in its line."""
    width = 0
    for part in reversed(out):
        _before, newline, last = part.rpartition("\n")
        width += len(last)
        if newline:
            break
    return width


def _escape(value, quote=False):
    value = value.replace("&", "&amp;").replace("<", "&lt;")
    return value.replace('"', "&quot;") if quote else value


def indent(element, level):
    """Lay out a new element at ``level``: each child on a line of its own, as deep as it is nested.

    What holds text beside its children is left as it is.
    """
    if not len(element) or (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        return
    element.text = "\n" + INDENT * (level + 1)
    for child in element:
        indent(child, level + 1)
        child.tail = "\n" + INDENT * (level + 1)
    element[-1].tail = "\n" + INDENT * level


def remove(parent, element):
    """Take an element out, with the line that it stands on."""
    position = list(parent).index(element)
    if position:
        parent[position - 1].tail = element.tail
    elif len(parent) == 1:
        parent.text = element.tail
    parent.remove(element)


def level(root, element):
    """How many elements ``element`` is nested in below ``root`` (0: the root itself)."""
    chain = path_to(root, element)
    return len(chain) - 1


def path_to(root, element):
    """The elements from ``root`` to ``element``, both included."""
    if root is element:
        return [root]
    for child in root:
        found = path_to(child, element)
        if found:
            return [root, *found]
    return []
