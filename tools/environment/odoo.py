"""Odoo itself: Debian's package, unpacked, or the checkout that ``ODOO=/path`` names."""

import re
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .progress import EnvironmentProblem, step

# Missing in the package; the browser would log an error for it, and Odoo's browser tests fail on any.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """Where an Odoo lies.

    :param path: the checkout or the folder of the unpacked package
    :param source: the folder for ``PYTHONPATH``
    :param script: what starts it
    :param addons: its folders of addons
    :param series: ``19.0``
    """

    path: Path
    source: Path
    script: Path
    addons: tuple
    series: str


def unpack(recipe, folder, downloads, log):
    """Fetch Debian's packages of a :class:`Recipe` (kept in ``downloads``) and unpack them into ``folder``."""
    debs = debian.fetch(recipe.packages + recipe.interpreter, recipe.suite, downloads / recipe.suite, log)
    with step("Unpacking Odoo"):
        debian.unpack(debs, folder, log)
    for addons in locate(folder).addons:
        left_out = addons / LEFT_OUT
        if left_out.parents[3].is_dir() and not left_out.exists():
            left_out.parent.mkdir(parents=True, exist_ok=True)
            left_out.touch()


def locate(path):
    """Find the Odoo in a checkout or an unpacked package.

    :raises EnvironmentProblem: when there is none
    """
    for source, script in ((path, "odoo-bin"), (path / "usr/lib/python3/dist-packages", "../../../bin/odoo")):
        if (source / "odoo/release.py").is_file():
            addons = [folder for folder in (source / "addons", source / "odoo/addons") if (folder / "web").is_dir()]
            release = (source / "odoo/release.py").read_text()
            version = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", release)
            return Odoo(path, source, (source / script).resolve(), tuple(addons), ".".join(version.groups()))
    raise EnvironmentProblem(
        f"There is no Odoo in {path}: name a checkout or an unpacked package (ODOO=/path/to/odoo)."
    )
