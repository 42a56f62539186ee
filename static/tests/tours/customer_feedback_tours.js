import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
// From the figures of a period to the complaint behind one, and to the meeting.
tours.add("customer_success_feedback", {
    steps: () => [
        see(".o_form_view [name=line_ids] tr:contains('Complaint rate'):contains('5%')"),
        click("[name=line_ids] tr:contains('Cases received') button[name=action_open_records]"),
        see(".o_list_view .o_data_row:contains('Tour complaint')", "The records behind it"),
        click(".o_menu_sections [data-menu-xmlid='customer_success.customer_success_menu_service']"),
        click(".dropdown-item[data-menu-xmlid='customer_success.customer_feedback_meeting_menu']"),
        click(".o_data_row td[name=state]:contains('To Hold')", "The meeting of the quarter"),
        see("[name=figure_ids] tr:contains('Complaints')"),
        click(".o_notebook .nav-link:contains(Resolutions)"),
        click("[name=resolution_ids] .o_field_x2many_list_row_add a"),
        type("[name=resolution_ids] .o_data_row [name=name] input", "Answer faster"),
        click("[name=resolution_ids] .o_data_row [name=date_deadline] button, [name=resolution_ids] .o_data_row [name=date_deadline] input"),
        click(".o_datetime_picker .o_today"),
        type(".o_field_widget[name=conclusion] textarea", "Two people more"),
        click("button[name=action_hold]"),
        see(".o_arrow_button_current:contains(Held)"),
    ],
});
