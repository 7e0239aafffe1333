from . import restapi_secret
