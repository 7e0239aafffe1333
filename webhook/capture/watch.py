"""Which changes lead to which watched records.

A webhook on orders that names ``order_line.product_id.default_code`` is concerned by an order's lines, by a line's product
and by a product's code. Each of these three fields is a *position*; the *route* of a position is the list of relations to
follow backwards from a record that has the field to the watched one: from a product to its lines, from a line to its order.
Fields that Odoo computes lead on to what depends on them: their routes go through Odoo's own trigger trees.
"""

from .. import series
from ..payload import paths

# How a route reaches a record: what lies there is sent, but a change of it alone is no event; or it is watched.
SENT, WATCHED = 1, 2
X2MANY = ("one2many", "many2many")


# What fields of Odoo's own are computed from without saying so, in the form of @api.depends.
STOCK = ("quantity", "reserved_quantity", "location_id", "product_id")
QUANTITIES = ("qty_available", "virtual_available", "free_qty")
UNDECLARED = {
    **{("product.product", name): tuple(f"stock_quant_ids.{each}" for each in STOCK) for name in QUANTITIES},
    **{
        ("product.template", name): tuple(f"product_variant_ids.stock_quant_ids.{each}" for each in STOCK)
        for name in QUANTITIES
    },
}


class Step:
    """Routes merged into a tree.

    :ivar reach: None, SENT or WATCHED: whether the records that one has come to are watched ones
    :ivar steps: ``{relation to follow backwards: Step}``
    """

    __slots__ = ("reach", "steps")

    def __init__(self):
        self.reach = None
        self.steps = {}

    def add(self, route, reach):
        """Add a route (tuple of fields)."""
        step = self
        for field in route:
            step = step.steps.setdefault(field, Step())
        step.reach = max(step.reach or 0, reach)

    def __bool__(self):
        return bool(self.reach or self.steps)


class Watch:
    """All subscriptions, and the ways from a change to the records that they concern.

    What leads to a model is worked out when something of the model changes first.

    :ivar subscriptions: ``{model name: (Subscription, …)}``
    """

    def __init__(self, registry, subscriptions):
        self.subscriptions = subscriptions
        self._registry = registry
        self._positions = {}  # {field: {route: reach}}
        self._pointing = {}  # {model name: {route: reach}}: from a record to those that name it and outlive it
        self._ways = {}  # {model name: {field name: {route: reach}}}
        self._steps = {}  # {(model name, …): Step}
        self._concerned = {}  # {model name: bool}
        self._views = {}  # {model name: see views()}
        self._cascades = {}  # {model name: tuple of fields}
        self._children = None
        self._undeclared = {}  # {field: [(path, dependent field)]}, as series.dependents() yields them
        for (model, name), dependencies in UNDECLARED.items():
            for dependency in dependencies:
                self._add_undeclared(model, name, dependency.split("."))
        for model, each in subscriptions.items():
            for one in each:
                self._add_subscription(model, one)

    def _add_undeclared(self, model, name, names):
        path, dependent = (), self._field(model, name)
        for each in names:
            field = self._field(model, each)
            if dependent is None or field is None:  # its module is not installed
                return
            if each is not names[-1]:
                path, model = (field, *path), field.comodel_name
        self._undeclared.setdefault(field, []).append((path, dependent))

    def _field(self, model, name):
        return self._registry[model]._fields.get(name) if model in self._registry else None

    def _add_subscription(self, model, subscription):
        if subscription.kind == "on_write":
            self._add(model, subscription.watched, WATCHED)
            if subscription.entering:
                self._add(model, paths.select(paths.in_condition(subscription.condition)), WATCHED)
        if subscription.kind != "on_unlink":
            self._add(model, subscription.sent, SENT)

    def _add(self, model, selection, reach, route=()):
        for name, inner in selection.items():
            field = self._registry[model]._fields.get(name)
            if field is None:  # in a condition: a part of a date, say
                continue
            self._add_position(field, route, reach)
            onwards = (field, *route)
            if field.type in X2MANY:  # edited from its other side
                for inverse in series.inverses(self._registry, field):
                    self._add_position(inverse, onwards, reach)
            if field.type == "many2many" or (
                field.type == "many2one" and field.ondelete not in ("cascade", "restrict")
            ):
                _add_route(self._pointing.setdefault(field.comodel_name, {}), onwards, reach)
            if inner and field.relational:
                self._add(field.comodel_name, inner, reach, onwards)

    def _add_position(self, field, route, reach):
        _add_route(self._positions.setdefault(field, {}), route, reach)

    def concerns(self, model):
        """Whether anything that happens to records of ``model`` (a name) may be or make an event."""
        concerned = self._concerned.get(model)
        if concerned is None:
            concerned = bool(self.subscriptions) and bool(
                model in self.subscriptions or model in self._pointing or self._ways_from(model) or self.cascades(model)
            )
            self._concerned[model] = concerned
        return concerned

    def views(self, model):
        """What is to be compared of records of ``model``, merged for webhooks that look with the same eyes.

        :return: ``{(owner, language): (selection, subscriptions that ask for the condition of before)}``
        """
        if model not in self._views:
            views = {}
            for each in self.subscriptions.get(model, ()):
                if each.kind == "on_write":
                    selection, entering = views.setdefault((each.owner, each.language), ({}, []))
                    _merge(selection, each.watched)
                    if each.entering:
                        entering.append(each)
            self._views[model] = views
        return self._views[model]

    def _ways_from(self, model):
        ways = self._ways.get(model)
        if ways is None:
            ways = {}
            for name, field in self._registry[model]._fields.items():
                routes = dict(self._positions.get(field, ()))
                for path, dependent in self._dependents(field):
                    for route, reach in self._positions.get(dependent, {}).items():
                        _add_route(routes, (*path, *route), reach)
                if routes:
                    ways[name] = routes
            self._ways[model] = ways
        return ways

    def _dependents(self, field):
        yield from series.dependents(self._registry, field)
        for path, dependent in self._undeclared.get(field, ()):
            yield path, dependent
            for onwards, further in series.dependents(self._registry, dependent):
                yield (*path, *onwards), further

    def step(self, model, names=None):
        """Where a change of the fields ``names`` (frozenset; None: all) of records of ``model`` leads: a Step."""
        key = model, names
        if key not in self._steps:
            ways = self._ways_from(model)
            # What every write changes, whether it is named or not, counts only for who asks for it.
            chosen = ways if names is None else [name for name in ways if name in names or name in paths.LOG_FIELDS]
            self._steps[key] = _merged(ways[name] for name in chosen)
        return self._steps[key]

    def stored_step(self, model, names):
        """The same for computed values that are about to be stored.

        The records themselves, and what recursive fields lead to: Odoo's trees go one level up or down such a field.
        """
        key = model, names, True
        if key not in self._steps:
            ways, fields = self._ways_from(model), self._registry[model]._fields
            self._steps[key] = _merged(
                ways[name]
                if getattr(fields[name], "recursive", False)
                else {route: reach for route, reach in ways[name].items() if not route}
                for name in names
                if name in ways
            )
        return self._steps[key]

    def pointing_step(self, model):
        """Where a deletion of records of ``model`` leads: to those that named one and now do not."""
        key = model, "deleted"
        if key not in self._steps:
            self._steps[key] = _merged([self._pointing.get(model, {})])
        return self._steps[key]

    def cascades(self, model):
        """The relations to ``model`` over which the database deletes records that concern somebody.

        :return: tuple of many2one fields of other models
        """
        if model not in self._cascades:
            self._cascades[model] = tuple(
                field for field in self._cascading(model) if self._goes(field.model_name, {model})
            )
        return self._cascades[model]

    def _cascading(self, model):
        if self._children is None:
            children = {}
            for name, each in self._registry.models.items():
                if each._auto and not each._abstract and not each._transient:
                    for field in each._fields.values():
                        own = field.type == "many2one" and field.store and field.model_name == name
                        if own and field.ondelete == "cascade":
                            children.setdefault(field.comodel_name, []).append(field)
            self._children = children
        return self._children.get(model, ())

    def _goes(self, model, seen):
        """Whether a deletion of records of ``model`` concerns somebody, by itself or by what it takes along."""
        if model in seen:
            return model in self.subscriptions
        seen.add(model)
        return bool(
            model in self.subscriptions
            or model in self._pointing
            or self._ways_from(model)
            or any(self._goes(field.model_name, seen) for field in self._cascading(model))
        )


def _add_route(routes, route, reach):
    routes[route] = max(reach, routes.get(route, 0))


def _merge(selection, other):
    for name, inner in other.items():
        _merge(selection.setdefault(name, {}), inner)


def _merged(ways):
    """A Step made of several ``{route: reach}``."""
    root = Step()
    for routes in ways:
        for route, reach in routes.items():
            root.add(route, reach)
    return root
