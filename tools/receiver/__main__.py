"""`python3 -m tools.receiver`: serve the receiver until Ctrl-C."""

import argparse
import contextlib
import threading

from . import Receiver


def main():
    parser = argparse.ArgumentParser(prog="receiver", description="Show each webhook request as it comes in.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container")
    arguments = parser.parse_args()
    with Receiver(arguments.port, arguments.host) as receiver, contextlib.suppress(KeyboardInterrupt):
        print(f"Receiver: http://localhost:{receiver.port}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
