-- A neutralized copy sends no webhooks until an administrator allows it in General Settings.
UPDATE ir_config_parameter SET value = 'neutralized' WHERE key = 'webhook.database_uuid';
