"""What a transaction changed, and which webhooks care.

``models/base.py`` calls the functions of :mod:`.hooks` for the records of every model. From there the routes of
:mod:`.watch` lead to the records that webhooks watch. What is seen is kept for the length of the transaction
(:mod:`.transaction`) and becomes rows of ``webhook.job`` just before the commit and at each savepoint (:mod:`.events`),
in the same transaction: rolled back, they never were.
"""

from .hooks import created, creating, forget_watching, storing, unlinking, unwatched, watching, writing, written

__all__ = [
    "created",
    "creating",
    "forget_watching",
    "storing",
    "unlinking",
    "unwatched",
    "watching",
    "writing",
    "written",
]
