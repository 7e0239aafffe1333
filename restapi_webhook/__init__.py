from . import controllers, models
from .series import accept_json_bodies
