from . import webhook_redelivery, webhook_rotation, webhook_secret, webhook_test
