from . import (
    base,
    hidden,
    res_config_settings,
    webhook_attempt,
    webhook_header,
    webhook_health,
    webhook_job,
    webhook_signing_secret,
    webhook_webhook,
    webhook_webhook_pause,
    webhook_webhook_secret,
)
