from . import (
    test_access,
    test_capture,
    test_cost,
    test_paused,
    test_payload,
    test_redelivery,
    test_refused_input,
    test_settings,
    test_transaction,
    test_translations,
)
