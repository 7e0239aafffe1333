"""The states of a job, shared by the model, its views, the queue's SQL and the tests.

::

    pending ──claim──▶ sending ──2xx──▶ delivered
       ▲                  │
       └──retry, later────┼──used up, or hopeless──▶ failed
       └──lease over──────┘   (the process died: another claims it again)

    pending ──cancel──▶ cancelled
    delivered, failed, cancelled ──redeliver──▶ pending

An event that cannot be rendered starts as ``failed``, with nothing that could be sent again. One that is being sent cannot
be cancelled: its request is out.
"""

PENDING = "pending"
SENDING = "sending"
DELIVERED = "delivered"
FAILED = "failed"
CANCELLED = "cancelled"

LABELS = [
    (PENDING, "Waiting"),
    (SENDING, "Sending"),
    (DELIVERED, "Delivered"),
    (FAILED, "Failed"),
    (CANCELLED, "Cancelled"),
]

# What each state must have; a CHECK of the table.
CHECK = """
    CASE state
        WHEN 'pending' THEN next_attempt_at IS NOT NULL AND claim IS NULL AND finished_at IS NULL AND body IS NOT NULL
        WHEN 'sending' THEN claim IS NOT NULL AND lease_until IS NOT NULL AND finished_at IS NULL AND body IS NOT NULL
        WHEN 'delivered' THEN finished_at IS NOT NULL AND claim IS NULL
        WHEN 'failed' THEN finished_at IS NOT NULL AND claim IS NULL
        WHEN 'cancelled' THEN finished_at IS NOT NULL AND claim IS NULL AND next_attempt_at IS NULL AND body IS NOT NULL
        ELSE false
    END
"""
