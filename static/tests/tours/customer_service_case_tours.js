import { addInBothLanguages, click, edit, press, see } from "./tour_languages";

const apply = ".modal footer button[name=action_apply]";
const text = ".modal .o_field_widget[name=text]:visible textarea";
// At a computer the current one is an arrow, on a telephone the only one there is.
const status = (label) =>
    [".o_arrow_button_current", ".dropdown-toggle"]
        .map((one) => `body:not(:has(.modal)) .o_statusbar_status ${one}:visible:contains('${label}')`)
        .join(", ");

// A service person takes a complaint from the board to the return visit.
addInBothLanguages("customer_success_handle_case", (say) => [
    see(`.o_kanban_group:contains('${say("Received", "已受理")}')`, "In his language"),
    click(".o_kanban_record:contains('Tour pump leaks')", "The complaint on the board"),
    ...press("action_answer_phone", "He calls the customer"),
    edit(".modal .o_field_widget[name=note] textarea", "We are sorry and come today"),
    click(".modal .o_field_widget[name=is_calmed] input", "First the feelings"),
    click(".modal footer button[name=action_send]:visible"),
    see(status(say("Answered", "已响应")), "The first answer counts"),
    ...press("action_judge"),
    edit(text, "A worn seal"),
    click(apply),
    see(status(say("Judged", "已初判"))),
    ...press("action_solve"),
    edit(text, "Seal replaced"),
    click(apply),
    see(status(say("Solved", "已解决"))),
    see(
        `[name=missing_text]:contains('${say("the return visit is missing", "尚缺回访")}')`,
        "It says what is missing"
    ),
    ...press("action_visit"),
    click(".modal .o_field_widget[name=result] input[data-value=confirmed]"),
    click(".modal footer .btn-primary"),
    see(
        `body:not(:has(.modal)) [name=missing_text]:contains('${say("Root Cause", "根本原因")}')`,
        "and what else"
    ),
]);

// A service person: a call becomes a case.
addInBothLanguages("customer_case_phone", (say) => [
    {
        ...click(".o_control_panel_main_buttons .oi-ellipsis-v"),
        isActive: ["mobile"],
    },
    click(".o_customer_phone_intake:visible", "It rings"),
    see(`.modal-title:contains('${say("Phone Intake", "电话登记")}')`, "In his language"),
    edit(".modal .o_field_widget[name=contact_phone] input", "62620042 && press Tab"),
    see(
        ".modal .o_field_widget[name=partner_id] input:value(Ann Case)",
        "The number says who it is"
    ),
    edit(".modal .o_field_widget[name=subject] input", "Tour: call about the pump"),
    click(".modal button[name=action_open_case]"),
    see(".o_last_breadcrumb_item:contains(Tour: call about the pump)", "The case is open"),
]);
