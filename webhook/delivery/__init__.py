"""From a row of ``webhook.job`` to a request, and from its answer to the row's next state.

``background`` starts ``dispatcher``, which drives: ``queue`` claims and records (SQL), ``senders`` are the threads that send.
``request`` builds what is sent, signed by ``signature`` with what ``endpoint`` holds; ``transport`` sends it: ``resolver``
and ``network`` say where to, ``connection``, ``pool`` and ``deadline`` how. ``outcome`` decides what follows with
``backoff``, and ``breaker`` what it says about the receiver. Only ``queue``, ``endpoint`` and ``dispatcher`` know the
database; what is in the threads knows neither it nor the ORM.
"""
