import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const reload = (trigger, content) => ({
    trigger,
    content,
    run: () => window.location.reload(),
    expectUnloadPage: true,
    timeout,
});
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });

tours.add("customer_success_log_call", {
    steps: () => [
        click("button[name=action_log_interaction]", "First click: log"),
        see(".modal [name=channel_id] .active:contains(Phone)", "Phone is proposed"),
        click(".modal [name=partner_ids] label:contains(Ben Tour)", "Second click: whom"),
        type(".modal [name=feedback] textarea", "Wants a price for 2027"),
        click(".modal footer button:contains(Log)", "Third click: done"),
        see("body:not(:has(.modal))"),
        see(".o_form_view button[name=action_log_interaction]"),
    ],
});

tours.add("customer_success_leave_log", {
    steps: () => [
        click("button[name=action_log_interaction]"),
        see(".modal [name=channel_id] .active:contains(Phone)"),
        reload(".modal [name=feedback] textarea", "Nothing was written"),
        click("body:not(:has(.modal)) button[name=action_log_interaction]"),
        see(".modal [name=channel_id] .active:contains(Phone)"),
        type(".modal [name=feedback] textarea", "Half a sentence"),
        reload(".modal [name=feedback] textarea", "What was written is kept"),
        see("body:not(:has(.modal)) button[name=action_log_interaction]"),
    ],
});

tours.add("customer_success_confirm_proposal", {
    steps: () => [
        see(".o_data_row:contains(Tour Talk) td[name=subject]:contains(Contract talk)"),
        click(".o_data_row:contains(Tour Talk) button[name=action_confirm]"),
        see("body:not(:has(.o_data_row:contains(Tour Talk)))"),
    ],
});
