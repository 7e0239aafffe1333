"""``make dist``: one zip for each series, to be unpacked into a folder of Odoo's ``addons_path``."""

import tempfile
import zipfile
from pathlib import Path

from .build import CHECKOUT, SERIES, addons, build, version

# The oldest date that a zip can hold: the same source makes the same file, whenever it is made.
DATE = (1980, 1, 1, 0, 0, 0)


def dist(folder=CHECKOUT / "dist"):
    """Write ``odoo-webhooks-<series>.<version>.zip`` for each series; return the paths."""
    folder.mkdir(exist_ok=True)
    (release,) = {version(addon) for addon in addons()}
    made = []
    for series in SERIES:
        path = folder / f"odoo-webhooks-{series}.{release}.zip"
        with tempfile.TemporaryDirectory() as built, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            build(series, built)
            for file in sorted(Path(built).rglob("*")):
                if file.is_file():
                    entry = zipfile.ZipInfo(file.relative_to(built).as_posix(), DATE)
                    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                    archive.writestr(entry, file.read_bytes())
        made.append(path)
    return made
