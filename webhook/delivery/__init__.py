"""From a row of ``webhook.job`` to a request, and from its answer to the row's next state.

``dispatcher`` drives: ``queue`` claims and records (SQL), ``request`` builds, ``transport`` sends, ``outcome`` decides with
``backoff``. Only ``queue`` and ``dispatcher`` know the database; only ``transport`` knows ``requests``.

``transport`` sends by a ``connection``, which the ``pool`` has kept or which is opened: the ``resolver`` looks the name up, the
``network`` of each of its addresses must be allowed, a ``deadline`` bounds it all.
"""
