import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const apply = ".modal footer button[name=action_apply]";
const status = (text) => `.o_arrow_button_current:contains('${text}')`;

// A service person takes a complaint from the board to the return visit.
tours.add("customer_success_handle_case", {
    steps: () => [
        click(".o_kanban_record:contains('Tour pump leaks')", "The complaint on the board"),
        click("button[name=action_answer_phone]", "He calls the customer"),
        edit(".modal .o_field_widget[name=note] textarea", "We are sorry and come today"),
        click(".modal .o_field_widget[name=is_calmed] input", "First the feelings"),
        click(".modal footer button[name=action_send]:visible"),
        see(`body:not(:has(.modal)) ${status("Answered")}`, "The first answer counts"),
        click("button[name=action_judge]"),
        edit(".modal .o_field_widget[name=text]:visible textarea", "A worn seal"),
        click(apply),
        see(`body:not(:has(.modal)) ${status("Judged")}`),
        click("button[name=action_solve]"),
        edit(".modal .o_field_widget[name=text]:visible textarea", "Seal replaced"),
        click(apply),
        see(`body:not(:has(.modal)) ${status("Solved")}`),
        see(".alert-info:contains('return visit is missing')", "It says what is missing"),
        click("button[name=action_visit]"),
        click(".modal .o_radio_item:contains('Customer is satisfied') input"),
        click(".modal footer .btn-primary"),
        see("body:not(:has(.modal)) .alert-info:contains('Root Cause')", "and what else"),
    ],
});
