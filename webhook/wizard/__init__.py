from . import webhook_test
