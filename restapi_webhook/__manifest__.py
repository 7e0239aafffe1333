{
    "name": "Webhooks REST API",
    "summary": "Manage webhooks from outside, over OAuth 1.0a and 2.0",
    "version": "19.0.1.0.0",
    "category": "Productivity",
    "author": "The Odoo Webhook contributors",
    "license": "LGPL-3",
    "images": ["static/description/banner.png"],
    "depends": ["webhook", "web"],
    "external_dependencies": {"python": ["cryptography", "oauthlib"]},
    "post_load": "prepare_server",
    "data": [
        "security/ir.model.access.csv",
        "views/consent_templates.xml",
        "views/restapi_application_views.xml",
        "wizard/restapi_secret_views.xml",
    ],
}
