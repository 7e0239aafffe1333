"""The commands behind the Makefile.

``python3 -m tools demo|run|test|soak|bench|examples|screenshots|pot|lint|odoo|addons|dist|clean``
"""

import signal
import sys

from .environment import EnvironmentProblem, say
from .environment.process import die_with_parent


def main(arguments):
    """Run one command; return its exit code."""
    die_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    name, *rest = arguments or ["help"]
    try:
        if name in ("demo", "examples"):
            from . import demo, examples

            return {"demo": demo, "examples": examples}[name].main()
        if name in ("run", "test", "soak", "bench", "screenshots", "pot", "lint", "odoo", "addons", "dist", "clean"):
            from . import commands

            return getattr(commands, name)(*rest)
    except EnvironmentProblem as problem:
        say(f"ERROR: {problem}")
        return 2
    except KeyboardInterrupt:
        say("stopped")
        return 130
    print(__doc__)
    return 2


sys.exit(main(sys.argv[1:]))
