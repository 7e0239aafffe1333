"""From a row of ``webhook.job`` to a request, and from its answer to the row's next state.

``dispatcher`` drives: ``queue`` claims and records (SQL), ``request`` builds for an ``endpoint`` (``signature``, ``headers``,
``credentials``), ``transport`` sends, ``outcome`` decides with ``backoff``. Only ``queue``, ``endpoint`` and ``dispatcher`` know
the database; only ``transport`` knows ``requests``.
"""
