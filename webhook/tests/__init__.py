from . import (
    test_access,
    test_capture,
    test_cost,
    test_payload,
    test_products,
    test_redelivery,
    test_refused_input,
    test_sales,
    test_settings,
    test_transaction,
    test_translations,
)
