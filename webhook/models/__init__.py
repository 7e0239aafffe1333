from . import (
    base,
    res_config_settings,
    webhook_attempt,
    webhook_health,
    webhook_job,
    webhook_webhook,
    webhook_webhook_pause,
)
