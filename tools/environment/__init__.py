"""The environment: a real Odoo, its Python and a real PostgreSQL in a cache folder outside the checkout.

``Environment.ready()`` builds what is missing and says what it does; everything else in ``tools/`` only uses the result.
The cache folder is keyed by a hash of this package, so a changed recipe is never tried on an old environment.
"""

from .environment import CHECKOUT, Environment, Workspace
from .progress import EnvironmentProblem, say

__all__ = ["CHECKOUT", "Environment", "EnvironmentProblem", "Workspace", "say"]
