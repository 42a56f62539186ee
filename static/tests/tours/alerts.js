import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const row = "[name=box_urgent] tr:contains('Tour Silent')";

// From the start screen: the row says why; two clicks to "I take it", then one question.
tours.add("customer_success_answer_alert", {
    steps: () => [
        see("[name=tile_alerts]:contains(1)", "One open alert"),
        see(`${row}:contains('3 times the usual interval')`, "Why, in one sentence"),
        see(`${row} button:contains('I take it')`, "The button of that very thing"),
        click(`${row} td:contains('Tour Silent')`, "First click: the alert"),
        see(".o_customer_alert_sentence:contains('Usually orders every 21 days')"),
        see(".o_customer_rhythm circle.o_customer_rhythm_day", "His order days"),
        see(".o_customer_rhythm circle.o_customer_rhythm_missed", "Those that did not come"),
        click("button[name=action_take]", "Second click: I take it"),
        see(".o_arrow_button_current:contains(Taken)"),
        click("button[name=action_close]"),
        click(".modal .o_radio_item:contains(Saved) input", "One question"),
        click(".modal footer button[name=action_close]"),
        see("body:not(:has(.modal)) .o_arrow_button_current:contains(Closed)"),
        see("button[name=action_reopen]"),
    ],
});
