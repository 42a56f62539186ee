import { registry } from "@web/core/registry";

// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

registry.category("web_tour.tours").add("customer_success_promises", {
    steps: () => [
        click("[name=tile_promises] a:contains(1)", "One promise is late"),
        see(".o_data_row:contains(Tour Customer) .badge:contains(Past Due)"),
        click(".o_data_row:contains(Tour Customer) td[name=title]"),
        click(".o_form_view button[name=action_open_record]:contains(Write the Minutes)"),
        {
            trigger: ".o_field_widget[name=feedback] textarea",
            run: "edit They want a second line",
            timeout,
        },
        click(".o_form_button_save"),
        see(".o_form_saved"),
        click(".breadcrumb-item a:contains(Tour Customer), .o_back_button:contains(Tour Customer)"),
        see(".o_form_view .badge:contains(Kept Late)", "What was overdue stays so"),
        click(".o_field_widget[name=breach_reason] input, .o_field_widget[name=breach_reason] select"),
        click(".o_select_menu_item:contains(Too much work)"),
        click(".o_form_button_save"),
        see(".o_form_saved .o_field_widget[name=breach_reason]"),
    ],
});
