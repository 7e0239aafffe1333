"""Writing the addons of a series to a folder."""

import ast
import re
import shutil
from pathlib import Path

from . import xmlfile
from .steps import STEPS

CHECKOUT = Path(__file__).parents[2]
NEWEST = "19.0"
SERIES = (NEWEST, *STEPS)
# Files that hold the series in their text, and where.
VERSIONS = {
    "__manifest__.py": rf'(?m)^(    "version": "){re.escape(NEWEST)}(?=\.)',
    ".pot": rf'(?m)^("Project-Id-Version: Odoo Server ){re.escape(NEWEST)}',
    ".po": rf'(?m)^("Project-Id-Version: Odoo Server ){re.escape(NEWEST)}',
    "README.rst": rf"(Odoo ){re.escape(NEWEST)}",
}
# Scripts and templates for the web client are those of the newest series, and of no other.
WEB_CLIENT = "static/src"
ASSETS = r'(?m)^    "assets": \{.*\},\n'


def addons():
    """The folders of the addons in this checkout."""
    return sorted(path.parent for path in CHECKOUT.glob("*/__manifest__.py"))


def version(addon):
    """The version of an addon without the series in front: ``1.0.0``."""
    return ast.literal_eval((addon / "__manifest__.py").read_text())["version"].partition(".0.")[2]


def build(series, target):
    """Write all addons for ``series`` below the folder ``target``, over what an earlier build left of them there.

    :param series: one of ``SERIES``
    :return: ``target``, a folder for Odoo's ``addons_path``
    :raises ValueError: for a series that is not in the table
    """
    if series not in SERIES:
        raise ValueError(f"There are no addons for Odoo {series}. Choose one of {', '.join(SERIES)}.")
    target = Path(target)
    for addon in addons():
        shutil.rmtree(target / addon.name, ignore_errors=True)
        for source in sorted(addon.rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts and not _left_out(source, addon, series):
                written = target / source.relative_to(CHECKOUT)
                written.parent.mkdir(parents=True, exist_ok=True)
                _write(source, written, series)
    return target


def _left_out(source, addon, series):
    return series != NEWEST and source.relative_to(addon).as_posix().startswith(f"{WEB_CLIENT}/")


def _write(source, target, series):
    if source.suffix == ".xml" and "static" not in source.parts:
        target.write_text(downgraded(source, series))
        return
    shutil.copy(source, target)
    pattern = VERSIONS.get(source.name) or VERSIONS.get(source.suffix)
    if pattern:
        text = re.sub(pattern, rf"\g<1>{series}", source.read_text())
        target.write_text(text if series == NEWEST else re.sub(ASSETS, "", text))


def downgraded(path, series):
    """The text of an XML file as ``series`` knows it.

    :raises ValueError: when the file says something that has no equivalent there
    """
    root = xmlfile.read(path)
    for each, steps in STEPS.items():
        if float(each) < float(series) or series == NEWEST:
            break
        for step in steps:
            try:
                step(root)
            except ValueError as problem:
                raise ValueError(f"{path}: {problem}") from problem
    return xmlfile.text(root)
