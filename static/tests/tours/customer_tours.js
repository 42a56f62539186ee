import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

tours.add("customer_success_why", {
    steps: () => [
        click(".o_navbar_apps_menu button", "Open the applications"),
        click("[data-menu-xmlid='customer_success.customer_success_menu_root']"),
        click(".o_navbar a[data-menu-xmlid='customer_success.customer_success_menu_customers']"),
        click(".o_data_row:contains(Tour Customer) td[name=partner_id]"),
        see(".o_customer_tile:contains(Tier):contains('B (potential)')"),
        see(".o_customer_tile:contains(Health):contains(Healthy)"),
        see("[name=tier_explanation] section:contains(Value):contains('$ 12,000 in 12 months')"),
        see("[name=tier_explanation] section:contains(Stability):contains('0 years')"),
        see("[name=tier_explanation] section:contains('Growth potential'):contains(Unknown)"),
        see("[name=tier_explanation] section:contains('Risk (10 = safe)'):contains('0%')"),
        see("[name=health_explanation] section:contains(Activity):contains('30 days')"),
        click("button[name=action_open_orders]", "Open the orders that were counted"),
        see(".o_breadcrumb:contains('Orders in 12 Months')"),
        see(".o_data_row:contains(Tour Customer):contains('12,000.00')"),
        click(".o_navbar a[data-menu-xmlid='customer_success.customer_success_menu_customers']"),
        click(".o_switch_view.o_kanban"),
        see(".o_kanban_group:contains('B (potential)') .o_kanban_record:contains(Tour)"),
        click(".o_searchview_dropdown_toggler"),
        click(".o_group_by_menu .o_menu_item:contains(Health)"),
        see(".o_kanban_group:contains(Healthy) .o_kanban_record:contains(Tour)"),
    ],
});

tours.add("customer_success_manager", {
    steps: () => [
        click("[data-menu-xmlid='customer_success.customer_success_menu_configuration']"),
        click("[data-menu-xmlid='customer_success.customer_scorecard_menu']"),
        click(".o_data_row:contains(Customer tier) td[name=name]"),
        see(".o_field_widget[name=dimension_ids] .o_data_row:contains(Stability)"),
        click("a[name=page_points]"),
        see(".o_customer_scales tr:contains('Amount of 12 months'):contains('from $ 20,000')"),
        click("[data-menu-xmlid='customer_success.customer_success_menu_configuration']"),
        click("[data-menu-xmlid='customer_success.customer_run_menu']"),
        see(".o_data_row:contains(Scores and health):contains(Done)"),
        click("[data-menu-xmlid='customer_success.customer_success_menu_configuration']"),
        click("[data-menu-xmlid='customer_success.customer_success_menu_settings']"),
        {
            trigger: "[name=customer_high_value_amount] input",
            run: "edit 75000",
            timeout,
        },
        {
            ...click(".o_form_button_save", "Save the settings"),
            expectUnloadPage: true,
        },
        see(".o_navbar [data-menu-xmlid], .o_navbar .o_menu_brand"),
    ],
});

tours.add("customer_success_contact", {
    steps: () => [
        see("button[name=action_open_customer_profile]:contains('B (potential)')"),
        click("button[name=action_open_customer_profile]:contains(Healthy)"),
        see(".o_customer_tile:contains(Tier):contains('B (potential)')"),
        see("[name=tier_explanation] section:contains(Stability)"),
    ],
});

tours.add("customer_success_score_now", {
    steps: () => [
        see(".o_customer_tile:contains(Tier):contains('Not rated')"),
        click("button[name=action_score_now]"),
        see(".o_notification:contains('Scored as of today')"),
        see(".o_customer_tile:contains(Tier):contains('B (potential)')"),
        see("[name=tier_explanation] section:contains(Value):contains('$ 12,000')"),
    ],
});

tours.add("customer_success_print", {
    steps: () => [
        click(".o_data_row:contains(Tour Customer) .o_list_record_selector input"),
        click(".o_control_panel .o_cp_action_menus button:has(.fa-print)"),
        click(".o-dropdown--menu .o_menu_item:contains('Customer Sheet')"),
        {
            content: "the paper has arrived",
            trigger: ".o_data_row:contains(Tour Customer)",
            async run() {
                const arrived = (entry) => entry.name.includes("/report/download");
                while (!performance.getEntriesByType("resource").some(arrived)) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
            },
        },
    ],
});
