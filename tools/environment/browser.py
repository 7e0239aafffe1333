"""The browser of the browser tests and of the screenshots: Debian's Chromium, driven by Playwright.

Nothing of `make demo` and `make run` needs it.
"""

import os
import shutil

from . import cache, process
from .progress import say, step

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# What a headless Chromium is started with: as root, without a graphics card, and without calls to its maker.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium():
    """The path of a Chromium: the one that ``CHROMIUM`` names, one on ``PATH``, or Debian's package, installed by root.

    :return: str, or None when there is none and none can be installed; what to do about it is said
    """
    if found := _find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        log = cache.root() / "chromium.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        with step("Installing Debian's package chromium, for the browser tests"):
            process.run(["apt-get", "update"], log=log, env=environ)
            process.run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], log=log, env=environ)
        if found := _find():
            return found
        say(f"Chromium could not be installed ({log} says why); the browser tests are skipped.")
    else:
        say("There is no Chromium (apt install chromium, or name one: CHROMIUM=path); the browser tests are skipped.")
    return None


def _find():
    candidates = (os.environ.get("CHROMIUM"), *NAMES)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)
