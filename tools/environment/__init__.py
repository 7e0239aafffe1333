"""The environment: a real Odoo, its Python and a real PostgreSQL in a cache folder outside the checkout.

``Environment.ready()`` builds what is missing and says what it does; everything else in ``tools/`` only uses the result.
The cache folder is keyed by a hash of this package, so a changed recipe is never tried on an old environment.
"""

from .environment import Environment, chosen_series, hand_on, handed_on
from .progress import EnvironmentProblem, say
from .workspace import CHECKOUT, Workspace

__all__ = ["CHECKOUT", "Environment", "EnvironmentProblem", "Workspace", "chosen_series", "hand_on", "handed_on", "say"]
