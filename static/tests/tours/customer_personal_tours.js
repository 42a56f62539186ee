import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

tours.add("customer_success_personal", {
    steps: () => [
        click("button[name=action_open_personal_data]", "Open what is known about her"),
        click(".o_field_widget[name=consent] .o_radio_item:contains(Given) input"),
        {
            trigger: ".o_field_widget[name=birthday_day_choice] input",
            run: "click",
            timeout,
        },
        click(".o_select_menu_item:contains('8')"),
        {
            trigger: ".o_field_widget[name=birthday_month_choice] input",
            run: "click",
            timeout,
        },
        click(".o_select_menu_item:contains(March)"),
        { trigger: ".o_field_widget[name=interests] textarea", run: "edit Tea", timeout },
        click(".o_field_widget[name=trust_choice] .o_priority_star:eq(3)", "High trust"),
        click(".o_form_button_save", "Save"),
        see(".o_form_saved"),
        see(".o_field_widget[name=date_expiry]"),
    ],
});

tours.add("customer_success_personal_hidden", {
    steps: () => [
        see(".o_form_view .o_breadcrumb, .o_form_view"),
        see("button[name=action_open_customer_profile], .o_form_view .o_notebook"),
        see(".o_form_view:not(:has(button[name=action_open_personal_data]))"),
    ],
});
