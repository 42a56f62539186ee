"""What happens once, at installation."""


def post_init_hook(env):
    """Set the hour of the nightly run and ask for a first one."""
    env["customer.run"]._schedule_refresh()
    env["customer.run"]._request_refresh()
