import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const row = ".o_data_row:contains('Tour Tracked')";

// A manager opens the tracking table of this month, looks behind a line and prints it.
tours.add("customer_success_print_tracking", {
    steps: () => [
        see(`${row} [name=goal_text]:contains('More: 15%')`, "What for"),
        see(`${row} [name=action_text]:contains('Business review')`, "What"),
        see(`${row} [name=effect_text]:contains('To be evaluated')`, "What came of it"),
        click(`${row} button[name=action_open_actions]`, "The actions behind the line"),
        see(".o_breadcrumb:contains('Core Actions This Month')"),
        see(".o_data_row:contains('Business review')"),
        click(".o_back_button", "Back to the table"),
        // the list of actions names the same customer until it is gone
        see(`${row} [name=goal_text]`),
        click(`${row} .o_list_record_selector input`, "This line"),
        click(".o_cp_action_menus button:contains('Print')"),
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Strategy Tracking Table')",
            content: "On paper",
            timeout,
        },
    ],
});
