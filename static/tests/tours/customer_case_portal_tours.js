import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A customer with a login: from his start page to a new case.
tours.add("customer_case_portal_new", {
    steps: () => [
        {
            content: "His start page leads to what he wrote",
            trigger: ".o_portal_index_card:not(.d-none) a[href='/my/cases']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "He writes to us",
            trigger: "a[name=new_case]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is a complaint",
            trigger: "label[for=kind_complaint]",
            run: "click",
        },
        { trigger: "#subject", run: "edit Tour: second pump leaks" },
        { trigger: "#description", run: "edit Since Monday, in hall 3." },
        {
            trigger: "form[action='/my/cases/new'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "He sees his case",
            trigger: ".o_customer_case[data-state=received] [name=done]",
        },
        { trigger: "h3:contains(Tour: second pump leaks)" },
    ],
});

// A customer with the link of his case, on a telephone: confirm and rate.
tours.add("customer_case_portal_confirm", {
    steps: () => [
        {
            content: "It is solved for him",
            trigger: "#confirm button[value=yes]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "We thank him",
            trigger: "[name=done]",
        },
        { trigger: "label[for=rate_5]", run: "click" },
        {
            trigger: "#rate button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "His rating is kept",
            trigger: "[name=rating]:contains(5)",
        },
        {
            content: "He can still write",
            trigger: "#reply_text",
            run: "edit Thank you for the fast help.",
        },
        {
            trigger: "#reply button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[name=message]:contains(Thank you for the fast help.)" },
    ],
});

// A service person: a call becomes a case.
tours.add("customer_case_phone", {
    steps: () => [
        {
            content: "The telephone rings",
            trigger: ".o_control_panel_main_buttons button:contains(Phone Intake), .o_list_buttons button:contains(Phone Intake), .o_control_panel button:contains(Phone Intake)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=contact_phone] input",
            run: "edit 62620042 && press Tab",
        },
        {
            content: "The number says who it is",
            trigger: ".modal .o_field_widget[name=partner_id] input:value(Ann Case)",
        },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit Tour: call about the pump",
        },
        {
            trigger: ".modal button[name=action_open_case]",
            run: "click",
        },
        {
            content: "The case is open",
            trigger: ".o_breadcrumb:contains(Tour: call about the pump)",
        },
    ],
});
