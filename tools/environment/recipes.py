"""What each Odoo series is built from; ``docs/series.md`` says how a new one is added."""

from dataclasses import dataclass

# What the web client of Debian's packages links to: icons, fonts, JavaScript.
LINKED = ("fonts-font-awesome", "fonts-inconsolata", "fonts-roboto-unhinted", "libjs-jquery", "libjs-underscore")


@dataclass(frozen=True)
class Recipe:
    """The ingredients of one series.

    :param pythons: the oldest and the newest Python that it runs on
    :param suite: the suite of Debian that has it; empty: nobody packages it, and ``ODOO=/path`` names a checkout
    :param packages: Debian's packages of Odoo, and of what its web client links to
    :param interpreter: Debian's packages of a Python of its own, for a series that runs on no Python of today
    """

    pythons: tuple
    suite: str = ""
    packages: tuple = ()
    interpreter: tuple = ()


RECIPES = {
    "19.0": Recipe(
        pythons=((3, 10), (3, 13)),
        suite="sid",
        packages=("odoo-19", *LINKED, "fonts-montserrat", "libjs-jquery-form"),
    ),
    "18.0": Recipe(pythons=((3, 10), (3, 13))),
    "17.0": Recipe(pythons=((3, 10), (3, 12))),
    "16.0": Recipe(pythons=((3, 7), (3, 12))),
    "15.0": Recipe(pythons=((3, 7), (3, 10))),
    "14.0": Recipe(
        pythons=((3, 6), (3, 9)),
        suite="bullseye",
        packages=("odoo-14", *LINKED, "fonts-glyphicons-halflings", "libjs-jquery-ui"),
        interpreter=(
            "python3.9",
            "python3.9-minimal",
            "libpython3.9-minimal",
            "libpython3.9-stdlib",
            "python3-distutils",
            "python3-lib2to3",
            "libexpat1",
            "libffi7",
            "libmpdec3",
            "libssl1.1",
        ),
    ),
}
