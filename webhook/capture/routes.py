"""Along the routes of :mod:`.watch`, from changed records to the watched ones."""

import logging

import psycopg2
from odoo.exceptions import MissingError

from .. import series

_logger = logging.getLogger(__name__)


def follow(records, step, reached, root=True, new=False):
    """Follow the routes of ``step`` from ``records``.

    :param reached: called with the records that are watched ones, and how they are reached
    :param root: whether ``records`` themselves count
    :param new: whether ``records`` were just created: they do not count, and nothing names them yet
    """
    if not step:
        return
    ids = tuple(each for each in records._ids if isinstance(each, int))
    if ids != records._ids:
        records = records.browse(ids)
    if ids and root and not new and step.reach:
        reached(records, step.reach)
    if step.steps:
        records = records.sudo().with_context(active_test=False)  # whoever made the change, whatever he may see
        for field, following in step.steps.items():
            if not (new and field.type in ("many2one", "many2one_reference")):
                _follow(_naming(records, field), following, reached)


def _follow(records, step, reached):
    if not records:
        return
    if step.reach:
        reached(records, step.reach)
    for field, following in step.steps.items():
        _follow(_naming(records, field), following, reached)


def _naming(records, field):
    """The records whose relation ``field`` holds some of ``records``; none if Odoo cannot tell."""
    try:
        for inverse in series.inverses(records.pool, field):
            if inverse.type in ("one2many", "many2many"):
                if not inverse.domain:
                    return _related(records, inverse)
            elif inverse.type == "many2one_reference":
                ids = [each[inverse.name] for each in records.exists() if each[inverse.model_field] == field.model_name]
                return records.env[field.model_name].browse(dict.fromkeys(ids))
            else:
                return _related(records, inverse)
        return records.env[field.model_name].search([(field.name, "in", records.ids)], order="id")
    except psycopg2.Error:
        raise
    except Exception:  # a relation that is computed and cannot be searched, or whose computation fails
        _logger.debug("What names %s in %s cannot be found", records, field, exc_info=True)
        return records.env[field.model_name]


def _related(records, inverse):
    try:
        return records[inverse.name]
    except MissingError:
        return records.exists()[inverse.name]


def follow_coming(model, vals_list, step, reached):
    """Follow the routes from records that are about to be linked: those named by values not written yet.

    :param vals_list: values for ``create()`` or ``write()`` on ``model``
    """
    for field, following in step.steps.items():
        for inverse in series.inverses(model.pool, field):
            if inverse.model_name == model._name:
                default = model.env.context.get(f"default_{inverse.name}")
                ids = {
                    each
                    for vals in vals_list
                    for each in _ids(vals.get(inverse.name, default))
                    if isinstance(each, int)
                }
                if ids:
                    follow(model.env[field.model_name].sudo().browse(sorted(ids)).exists(), following, reached)


def _ids(value):
    """The ids in a value for a relation: an id, or the commands of an x2many."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, (list, tuple)):
        for command in value:
            if isinstance(command, (list, tuple)) and command:
                if command[0] == 4:
                    yield command[1]
                elif command[0] == 6:
                    yield from command[2]
            elif isinstance(command, int):
                yield command
