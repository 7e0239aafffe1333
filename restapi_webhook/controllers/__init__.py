from . import oauth1, oauth2, restapi
