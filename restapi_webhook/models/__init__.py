from . import res_users, restapi_application, restapi_secret, restapi_token
