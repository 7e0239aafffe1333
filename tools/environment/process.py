"""Child processes that never outlive the command that started them, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(sig=signal.SIGTERM):
    """Ask the kernel to send ``sig`` to this process when its parent dies (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sig)


def spawn(command, *, when_parent_dies=signal.SIGTERM, user=None, **options):
    """Start ``command``; it is sent ``when_parent_dies`` should this process vanish.

    :param user: a ``pwd`` entry to run as (root only); the death signal is set after the change of user, which clears it
    """

    def prepare():
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        die_with_parent(when_parent_dies)

    return subprocess.Popen([str(part) for part in command], preexec_fn=prepare, **options)


def stop(process, sig=signal.SIGTERM, patience=15):
    """Send ``sig`` and wait; after ``patience`` seconds kill."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run(command, *, log, **options):
    """Run ``command`` to its end with its output in the file ``log``; return its exit code."""
    with open(log, "ab") as output:
        process = spawn(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **options)
        try:
            return process.wait()
        finally:
            stop(process)
