"""Check that every XML file of the given folders is well-formed, has unique record ids and ends in a newline."""

import sys
from collections import Counter
from pathlib import Path

from lxml import etree


def problems(path):
    """The problems of one file, as sentences."""
    try:
        tree = etree.parse(path)
    except etree.XMLSyntaxError as error:
        return [f"{path}: {error}"]
    ids = Counter(element.get("id") for element in tree.iter("record", "menuitem", "template") if element.get("id"))
    found = [f"{path}: the id {name} is used {count} times" for name, count in ids.items() if count > 1]
    if not path.read_bytes().endswith(b"\n"):
        found.append(f"{path}: no newline at the end")
    return found


if __name__ == "__main__":
    all_problems = [
        problem for folder in sys.argv[1:] for path in sorted(Path(folder).rglob("*.xml")) for problem in problems(path)
    ]
    print("\n".join(all_problems) or "XML: all files are well-formed")
    sys.exit(bool(all_problems))
