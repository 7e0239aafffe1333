"""Columns that the ORM does not know, for secrets that must be kept as they are.

Whoever may read a record reads no such column: it is no field, so that no view, export, domain, order or copy can name it.
(A field with ``groups="."`` would not do: on 14.0 a domain finds out, letter by letter, what is in it.)
The database's own administrator can.
"""

import re

from odoo import _, api, models
from odoo.exceptions import ValidationError
from odoo.tools import sql

from .. import series

PREFIX = "hidden_"
# What is shown of a value that is there; written back, it changes nothing.
DOTS = "•" * 8
# What PostgreSQL refuses: NUL, and halves of surrogate pairs.
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


def add(cr, table, name):
    """Add the hidden column ``name`` (a text) to a table, unless it is there."""
    cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {PREFIX}{name} varchar")  # pylint: disable=sql-injection


def take_over(cr, table, name):
    """Make the column of the former field ``name`` a hidden one, before Odoo drops it with what is in it."""
    if sql.column_exists(cr, table, name):
        cr.execute(  # pylint: disable=sql-injection
            f"ALTER TABLE {table} DROP COLUMN IF EXISTS {PREFIX}{name};"
            f"ALTER TABLE {table} RENAME COLUMN {name} TO {PREFIX}{name}"
        )
    add(cr, table, name)


def read(records, name):
    """What is in the hidden column ``name`` of ``records``.

    :return: dict of id → str or None; without records that are not stored
    """
    ids = [number for number in records.ids if isinstance(number, int)]
    records.env.cr.execute(  # pylint: disable=sql-injection
        f"SELECT id, {PREFIX}{name} FROM {records._table} WHERE id = ANY(%s)", [ids]
    )
    return dict(records.env.cr.fetchall())


def write(records, name, value):
    """Write ``value`` (str or None) into the hidden column ``name`` of ``records``; the caller has checked that he may."""
    records.env.cr.execute(  # pylint: disable=sql-injection
        f"UPDATE {records._table} SET {PREFIX}{name} = %s WHERE id = ANY(%s)",
        [value or None, records.ids],
        log_exceptions=False,  # a statement that fails is logged with what is in it
    )


class WriteOnly(models.AbstractModel):
    """A model with fields that can be written and never be read: the ORM sees dots, the value is in a hidden column.

    The fields are declared with ``compute="_compute_write_only", readonly=False`` and named in ``_write_only``. Their values
    are taken out of what is created or written before the ORM gets it: it caches none.
    """

    _name = "webhook.write.only"
    _description = "Fields That Can Be Written and Never Be Read"

    _write_only = ()

    def init(self):
        """Add the hidden columns."""
        if self._auto:
            for name in self._write_only:
                add(self.env.cr, self._table, name)
        return super().init()

    def _compute_write_only(self):
        for name in self._write_only:
            known = read(self._origin, name)
            for record in self:
                record[name] = DOTS if known.get(record._origin.id) else False

    @api.model_create_multi
    def create(self, vals_list):
        divided = [self._divided(vals) for vals in vals_list]
        records = super().create([others for others, _secret in divided])
        for record, (_others, secret) in zip(records, divided):
            record._store_write_only(secret)
        return records

    def write(self, vals):
        others, secret = self._divided(vals)
        result = super().write(others)
        self._store_write_only(secret)
        return result

    def _divided(self, vals):
        """``vals`` as (those of the ORM, those that are write-only), the latter without what would change nothing."""
        secret = {name: str(vals[name] or "") for name in self._write_only if name in vals and vals[name] != DOTS}
        for name, value in secret.items():
            label = self._fields[name]._description_string(self.env)
            if DOTS[0] in value:
                raise ValidationError(
                    _("Type “%(field)s” anew as a whole: what is stored of it is not shown.", field=label)
                )
            if NOT_STORABLE.search(value):
                raise ValidationError(
                    _("“%(field)s” holds a character that cannot be stored. Type it anew.", field=label)
                )
        return {name: value for name, value in vals.items() if name not in self._write_only}, secret

    def _store_write_only(self, secret):
        for name, value in secret.items():
            write(self, name, value)
            series.forget_field(self.env, self._fields[name])
