import { registry } from "@web/core/registry";

// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

registry.category("web_tour.tours").add("customer_success_scorecard_draft", {
    steps: () => [
        see(".o_customer_tile:contains('Customers scored')"),
        click("button[name=action_new_version]", "Make a draft of the active version"),
        see(".o_customer_tile:contains('Would take over from'):contains('version 1')"),
        click("a[name=page_tiers]"),
        click("[name=tier_ids] .o_data_row:contains('B (potential)') td[name=lower_bound]"),
        {
            trigger: "[name=tier_ids] .o_selected_row [name=lower_bound] input",
            run: "edit 21",
            timeout,
        },
        click("a[name=page_changes]"),
        click(".o_form_button_save"),
        see("[name=changes] tr:contains('Tier B from'):contains(16):contains(21)"),
        click("button[name=action_try]", "Try the draft on all customers"),
        see(".o_customer_tile:contains('Would move'):contains('1 / 1')"),
        click(".o_customer_matrix_down a:contains(1)", "Who falls from B to C?"),
        see("h1:contains('B (potential) → C (ordinary)')"),
        see("[name=name_ids] .o_data_row:contains('Draft Tour'):contains('20.00')"),
        click(".o_breadcrumb .o_back_button, .breadcrumb-item a:last"),
        click("button[name=action_open_activation]"),
        see(".modal:contains('1 would move: 0 up, 1 down')"),
        click(".modal [name=apply_now] input", "Let tiers move today"),
        click(".modal button[name=action_activate]"),
        see(".o_notification:contains('is active')"),
        see(".o_statusbar_status .o_arrow_button_current:contains(Active)"),
        see(".o_customer_tile:contains('Active since')"),
    ],
});
