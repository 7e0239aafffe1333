"""The dispatcher's thread, without a database: what it dispatches is the tests'."""

import os
import threading

import pytest
from odoo.addons.webhook.delivery import background, wakeup
from odoo.service import server


class Work:
    """Something to dispatch that takes until it is told to end."""

    def __init__(self):
        self.began = threading.Semaphore(0)
        self.end = threading.Semaphore(0)
        self.woken = threading.Event()
        self.runs = 0

    def dispatch(self, dbname, announce):
        self.runs += 1
        announce(self)
        self.began.release()
        assert self.end.acquire(timeout=20)
        return False

    def wake(self):
        self.woken.set()


@pytest.fixture
def work():
    work = Work()
    yield work
    for _ in range(9):
        work.end.release()


def test_one_thread_works_and_looks_once_more_if_it_was_wanted_meanwhile(work):
    thread = background.start("one", work.dispatch)
    assert work.began.acquire(timeout=20)
    for _ in range(5):
        assert background.start("one", work.dispatch) is thread
    assert work.woken.is_set(), "the dispatcher at work is told"
    work.end.release()
    assert work.began.acquire(timeout=20)
    work.end.release()
    thread.join(20)
    assert work.runs == 2


def test_databases_do_not_wait_for_each_other(work):
    threads = {background.start(name, work.dispatch) for name in ("one", "other")}
    assert len(threads) == 2
    assert work.began.acquire(timeout=20)
    assert work.began.acquire(timeout=20)
    for _thread in threads:
        work.end.release()
    for thread in threads:
        thread.join(20)


def test_what_raises_ends_the_run_and_not_those_that_follow(work, caplog):
    def fail(dbname, announce):
        raise ValueError("broken")

    background.start("one", fail).join(20)
    assert "The dispatcher stopped" in caplog.text
    thread = background.start("one", work.dispatch)
    work.end.release()
    thread.join(20)
    assert work.runs == 1


def forked_process_works():
    """Whether a process that is forked from this one now dispatches."""
    child = os.fork()
    if not child:
        own = Work()
        own.end.release()
        background.start("one", own.dispatch).join(20)
        os._exit(0 if own.runs else 1)
    return os.waitpid(child, 0)[1] == 0


def test_a_forked_process_has_threads_of_its_own(work):
    """Its parent's do not live on in it, whatever they were about."""
    background.start("one", work.dispatch)
    assert work.began.acquire(timeout=20)
    assert forked_process_works()


@pytest.fixture
def parent(monkeypatch):
    """This process, as if it were the parent of Odoo's workers."""
    parent = server.PreforkServer.__new__(server.PreforkServer)
    parent.pid = os.getpid()
    monkeypatch.setattr(server, "server", parent)


@pytest.mark.usefixtures("parent")
def test_the_parent_of_workers_sends_nothing_and_they_do(work):
    assert background.start("one", work.dispatch) is None
    assert forked_process_works()
    assert not work.runs


@pytest.mark.usefixtures("parent")
def test_workers_take_over_what_their_parent_was_to_be_woken_for():
    woken = threading.Event()
    wakeup.after(0.3, "one", woken.set)
    child = os.fork()
    if not child:
        os._exit(0 if woken.wait(20) else 1)
    assert os.waitpid(child, 0)[1] == 0
