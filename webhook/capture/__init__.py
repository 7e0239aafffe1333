"""What a transaction changed, and which webhooks care.

``models/base.py`` calls :func:`created`, :func:`writing`, :func:`storing` and :func:`unlinking` for the records of every
model. What they see is kept for the length of the transaction (:mod:`.transaction`) and becomes rows of ``webhook.job``
just before the commit and at each savepoint (:mod:`.events`), in the same transaction: rolled back, they never were.
"""

from .hooks import created, storing, unlinking, watching, writing

__all__ = ["created", "storing", "unlinking", "watching", "writing"]
