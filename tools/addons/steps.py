"""What each series lacks of the next newer one, in the parts of an addon that are no Python: stated here, once.

An addon for 14.0 takes all the steps from the newest series down to 14.0, in this order. What Python code needs to know
about a series is in the addon itself, in its module ``series``. Sources: Odoo's release notes and the code of both ends.
"""

from . import views

# Bootstrap 5 came with 16.0.
BOOTSTRAP_4 = {
    "ms-": "ml-",
    "me-": "mr-",
    "ps-": "pl-",
    "pe-": "pr-",
    "text-end": "text-right",
    "text-start": "text-left",
    "float-end": "float-right",
    "float-start": "float-left",
    "border-start": "border-left",
    "border-end": "border-right",
    "fw-bold": "font-weight-bold",
    "font-monospace": "text-monospace",
    "visually-hidden": "sr-only",
}

# What takes the place of the widget for paths, which is written for the web client of the newest series.
FIELD_PICKER = """
<field name="field_ids" widget="many2many_tags" options="{'no_create': True}"
       domain="[('model_id', '=', model_id)]" placeholder="All fields"/>
"""

STEPS = {
    "18.0": [
        views.add_before("label[@for='field_names']", FIELD_PICKER),
        views.drop_widget("webhook_paths"),
        views.rename_field("res.users", "group_ids", "groups_id"),
        views.rename_field("res.groups", "user_ids", "users"),
        views.rename_field("ir.actions.act_window", "group_ids", "groups_id"),
        views.rename_field("ir.ui.view", "group_ids", "groups_id"),
        # It, too, is written for the web client of the newest series; there is a button beside it.
        views.drop_element("widget", "webhook_live"),
    ],
    "17.0": [
        views.rename_element("list", "tree"),
        views.replace_view_type("list", "tree"),
        views.cards_to_boxes,
        # A scheduled action runs as often as this says; -1 is for ever, and the default was 1.
        views.add_field("ir.cron", "numbercall", "-1"),
        views.chatter_to_fields,
        views.settings_inline,
        # A list of numbers or times shows seconds without being asked.
        views.drop_attribute("options", "{'show_seconds': true}"),
    ],
    "16.0": [
        views.conditions_to_attrs,
        views.rename_attribute("column_invisible", "invisible"),
        views.settings_to_boxes,
        views.replace_words("bg_color", {"text-bg-": "bg-"}),
    ],
    "15.0": [
        views.replace_words("class", BOOTSTRAP_4),
    ],
    "14.0": [],
}
