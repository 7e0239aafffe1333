"""What differs between Odoo series for whoever uses Odoo from outside: its options, its data model, its web addresses.

What differs inside the addon is in ``webhook/series.py``; what views and data need is in ``tools/addons/steps.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One Odoo series, such as ``Series("14.0")``."""

    name: str

    @property
    def number(self):
        """14 to 19."""
        return int(self.name.partition(".")[0])

    @property
    def demo_options(self):
        """The options of ``odoo`` that create a database with demo data."""
        return ("--with-demo",) if self.number >= 19 else ()

    @property
    def gevent_port(self):
        """The option with the port of the process for long polling or websockets."""
        return "gevent-port" if self.number >= 16 else "longpolling-port"

    @property
    def groups_field(self):
        """The field of a user with his groups."""
        return "group_ids" if self.number >= 19 else "groups_id"

    @property
    def list_view(self):
        """The type of views that are lists."""
        return "list" if self.number >= 18 else "tree"

    @property
    def flush_code(self):
        """A statement for a server action that writes what the ORM holds back."""
        return "env.flush_all()" if self.number >= 16 else "env['base'].flush()"

    @property
    def moves_field(self):
        """The field of a transfer with its stock moves."""
        return "move_ids" if self.number >= 16 else "move_lines"

    @property
    def done_field(self):
        """The field of a stock move with the quantity that was moved."""
        return "quantity" if self.number >= 17 else "quantity_done"

    def moved(self, quantity):
        """The values that tell a stock move that ``quantity`` of it was moved."""
        values = {self.done_field: quantity}
        return {**values, "picked": True} if self.number >= 17 else values

    @property
    def storable(self):
        """The values of a product that is kept in stock."""
        return {"type": "consu", "is_storable": True} if self.number >= 18 else {"type": "product"}

    def move_values(self, product, quantity, unit):
        """The values of a new stock move; its places are yet to be added."""
        values = {"product_id": product, "product_uom_qty": quantity, "product_uom": unit}
        return values if self.number >= 19 else {**values, "name": "move"}

    @property
    def import_method(self):
        """The method of ``base_import.import`` that imports the file."""
        return "execute_import" if self.number >= 15 else "do"

    @property
    def settings_path(self):
        """The web address of General Settings, in developer mode."""
        if self.number >= 18:
            return "/odoo/settings?debug=1"
        return self.action_path("base_setup.action_general_configuration")

    def action_path(self, action, record=None):
        """The web address of a window action, or of one record in it (``new``: of an empty form).

        :param action: its external identifier
        :param record: an id or ``new``
        """
        if self.number >= 18:
            return f"/odoo/action-{action}" + (f"/{record}" if record else "")
        form = "" if record is None else "&view_type=form" + ("" if record == "new" else f"&id={record}")
        return f"/web?debug=1#action={action}{form}"

    @property
    def menus_path(self):
        """The web address from which the web client gets a user's menus."""
        return "/web/webclient/load_menus" if self.number >= 19 else "/web/webclient/load_menus/any"

    @property
    def has_path_widget(self):
        """Whether the form has a widget for field paths; else fields are picked as tags, and paths are typed."""
        return self.number >= 19

    @property
    def new_button(self):
        """The label of the button that opens an empty form."""
        return "New" if self.number >= 16 else "Create"
