import { addInBothLanguages, click, edit, press, see } from "./tour_languages";

const service = "[data-menu-xmlid='customer_success.customer_success_menu_service']";
const meetings = "[data-menu-xmlid='customer_success.customer_feedback_meeting_menu']";
const deadline = "[name=resolution_ids] .o_data_row [name=date_deadline]";
const figure = (name) => `[name=line_ids] tr:contains('${name}')`;

// From the figures of a period to the complaint behind one, and to the meeting.
addInBothLanguages("customer_success_feedback", (say) => [
    see(`${figure(say("Complaint rate", "客户投诉率"))}:contains('5%')`),
    click(`${figure(say("Cases received", "收到的反馈单"))} button[name=action_open_records]`),
    see(".o_list_view .o_data_row:contains('Tour complaint')", "The records behind it"),
    click(`.o_menu_sections ${service}`),
    click(`.dropdown-item${meetings}`),
    click(".o_data_row:has([name=state] .text-bg-info) td[name=date_to]", "The meeting of the quarter"),
    see(`[name=figure_ids] tr:contains('${say("Complaints", "投诉")}')`),
    click(".o_notebook .nav-link[name=resolutions]"),
    click("[name=resolution_ids] .o_field_x2many_list_row_add a"),
    edit("[name=resolution_ids] .o_data_row [name=name] input", "Answer faster"),
    click(`${deadline} button, ${deadline} input`),
    click(".o_datetime_picker .o_today"),
    edit(".o_field_widget[name=conclusion] textarea", "Two people more"),
    ...press("action_hold"),
    see(".o_arrow_button_current[data-value=held]"),
]);
