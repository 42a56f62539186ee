import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const home = ".o_navbar a[data-menu-xmlid='customer_success.customer_overview_menu']";

// Three questions of a sales person, each at most three clicks from the start screen.
tours.add("customer_success_overview", {
    steps: () => [
        click(".o_navbar_apps_menu button", "Open the applications"),
        click("[data-menu-xmlid='customer_success.customer_success_menu_root']"),
        // who of mine needs me today
        see("[name=box_urgent] h3:contains('Mine, by urgency')"),
        see("[name=box_urgent] tr:contains('Tour Debtor'):contains('At risk')"),
        click("[name=box_urgent] tr:contains('Tour Debtor') button:contains('Overdue invoices')"),
        see(".o_breadcrumb:contains('Overdue Invoices')"),
        see(".o_data_row:contains('500.00')"),
        click(home),
        // S customers at risk
        click("[name=tile_at_risk] a[name=at_risk_S]"),
        see(".o_breadcrumb:contains('At risk: S (core)')"),
        see(".o_data_row:contains('Tour Debtor')"),
        click(home),
        // who moved up or down last quarter
        click("[name=box_moves] a[name=moved_up]"),
        see(".o_data_row:contains('Tour Debtor'):contains('A (key)'):contains('S (core)')"),
        click(home),
        click("[name=box_moves] a:contains('Tour Debtor')"),
        see(".o_customer_tile:contains(Tier):contains('S (core)')"),
        click(home),
        // nobody is responsible: assign me, and the row is gone
        click("button[name=scope_team]"),
        click("[name=box_urgent] tr:contains('Tour Orphan') button:contains('Assign me')"),
        see("[name=box_urgent]:not(:contains('Tour Orphan'))"),
    ],
});

tours.add("customer_success_checklist", {
    steps: () => [
        see("h2:contains('Welcome to Customer Success')"),
        see("[name=settings][data-state=todo]"),
        click("[name=settings] button:contains(Confirm)"),
        see("[name=settings][data-state=done]"),
        click("[name=system] button:contains('Check everything')"),
        see("[name=cjk][data-state=ok]"),
        click("[name=run] button:contains(Start)"),
        see(".o_notification:contains('Scoring starts in the background')"),
    ],
});
