import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

tours.add("customer_success_relation", {
    steps: () => [
        click(".o_data_row:contains(Relation Customer) td[name=partner_id]", "Open the customer"),
        see(".o_customer_relation_chain:contains(Ms Gao):contains(Key decision maker)"),
        see(".o_customer_relation_chain:contains(Supportive)"),
        see(".o_customer_relation_team:contains(Relation Sales):contains(Ms Gao)"),
        see(".o_customer_relation_said:contains(Waiting for budget):contains(Send an offer)"),
        see(".o_customer_relation_coming:contains(Frame contract)"),
        see(".o_customer_renewal:contains(Renewal in 42 days)"),
        see(".o_customer_relation_needs:contains(Nothing noted)"),
        click(".o_customer_relation button[data-add='customer.insight']", "Add what they need"),
        {
            trigger: ".o_dialog [name=name] input",
            run: "edit Downtime costs 4,000 an hour",
            timeout,
        },
        click(".o_dialog .o_form_button_save", "Save it"),
        see(".o_customer_relation_needs:contains(Pain Point):contains(Downtime costs 4,000)"),
    ],
});
