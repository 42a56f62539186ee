# pytest may import this folder under its own name; Odoo allows only its own.
if __name__.startswith("odoo.addons."):
    from . import controllers, models, reports, wizards
    from .hooks import post_init_hook
