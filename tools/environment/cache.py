"""Where the environment lives: a folder outside the checkout, keyed by a hash of what it is built from."""

import fcntl
import hashlib
import os
import platform
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

from .progress import say

RECIPE = Path(__file__).parent
# What the addons need is installed too.
ADDONS_REQUIREMENTS = RECIPE.parents[1] / "requirements.txt"


def root():
    """The cache folder of all environments (``WEBHOOK_CACHE`` names another).

    Root's home is closed to other users, and PostgreSQL refuses to run as root: there the folder is a system one.
    """
    if named := os.environ.get("WEBHOOK_CACHE"):
        return Path(named).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/odoo-webhook")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "odoo-webhook"


def downloads():
    """The folder for what is fetched, which all environments share."""
    return root() / "downloads"


def key(*ingredients):
    """Hash the recipe (every file of this package, the addons' requirements) and the given strings into a short name."""
    digest = hashlib.sha256("\0".join((platform.machine(), *ingredients)).encode())
    for path in (*sorted(RECIPE.rglob("*")), ADDONS_REQUIREMENTS):
        if path.is_file() and path.suffix in {".py", ".txt"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def once(folder, build, in_place=False):
    """Call ``build`` with the folder to fill, unless an earlier call filled ``folder`` to the end.

    :param in_place: for what cannot be moved once it is built (a virtual environment)
    """
    done = folder.parent / f"{folder.name}.done"
    if done.exists():
        return
    part = folder if in_place else folder.parent / f"{folder.name}.partial"
    for stale in (part, folder):
        shutil.rmtree(stale, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    build(part)
    if not in_place:
        part.rename(folder)
    done.touch()


@contextmanager
def locked(folder):
    """Hold ``folder`` for this process alone; the lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another command that builds {folder}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_held(folder, name=".held"):
    """Whether a living process holds ``folder`` (see :func:`hold`; ``.lock``: see :func:`locked`)."""
    try:
        with open(folder / name) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def hold(folder):
    """Mark ``folder``, which no other process holds, as in use by this one while the returned file stays open."""
    folder.mkdir(parents=True, exist_ok=True)
    file = open(folder / ".held", "w")  # noqa: SIM115 (open for as long as the folder is held)
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def sweep(folder):
    """Remove what killed commands left below ``folder``: work folders that no living process holds."""
    for work in folder.glob("*-[0-9]*"):
        if not is_held(work):
            shutil.rmtree(work, ignore_errors=True)


def forget_unused(folder, days=30):
    """Remove the environments beside ``folder`` that no command has used for so long."""
    (folder / "complete").touch()
    for other in folder.parent.glob("*/complete"):
        if time.time() - other.stat().st_mtime > days * 24 * 60 * 60:
            shutil.rmtree(other.parent, ignore_errors=True)
