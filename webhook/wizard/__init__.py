from . import webhook_rotation, webhook_secret, webhook_test
