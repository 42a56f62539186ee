import { addInBothLanguages, click, edit, leave, see } from "./tour_languages";

// A customer with a login: from his start page to a new case.
addInBothLanguages("customer_case_portal_new", (say) => [
    leave(
        `.o_portal_index_card:not(.d-none) a[href$='/my/cases']:contains('${say("Your Feedback", "您的投诉与反馈")}')`,
        "His start page leads to what he wrote"
    ),
    leave("a[name=new_case]", "He writes to us"),
    click("label[for=kind_complaint]", "It is a complaint"),
    edit("#subject", "Tour: second pump leaks"),
    edit("#description", "Since Monday, in hall 3."),
    leave("form[action$='/my/cases/new'] button[type=submit]"),
    see(
        `.o_customer_case[data-state=received] [name=done]:contains('${say("Thank you", "感谢您")}')`,
        "He sees his case"
    ),
    see("h3:contains(Tour: second pump leaks)"),
]);

// A customer with the link of his case, on a telephone: confirm and rate.
addInBothLanguages("customer_case_portal_confirm", (say) => [
    leave(
        `#confirm button[value=yes]:contains('${say("Yes, It Is Solved", "是")}')`,
        "It is solved for him"
    ),
    see("[name=done]", "We thank him"),
    click("label[for=rate_5]"),
    leave("#rate button[type=submit]"),
    see("[name=rating]:contains(5)", "His rating is kept"),
    edit("#reply_text", "Thank you for the fast help."),
    leave("#reply button[type=submit]", "He can still write"),
    see("[name=message]:contains(Thank you for the fast help.)"),
]);
