from . import (
    ir_http,
    res_users,
    restapi_application,
    restapi_consent,
    restapi_failure,
    restapi_nonce,
    restapi_token,
)
