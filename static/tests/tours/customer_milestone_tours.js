import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });

tours.add("customer_success_renewal", {
    steps: () => [
        click(".o_list_button_add", "Write down a renewal"),
        type(".o_field_widget[name=profile_id] input", "Tour Customer"),
        click(".o-autocomplete--dropdown-item:contains(Tour Customer)"),
        type(".o_field_widget[name=name] input", "Frame contract"),
        click(".o_field_widget[name=date_end] button, .o_field_widget[name=date_end] input"),
        click(".o_datetime_picker .o_today", "It ends today"),
        click(".o_form_button_save"),
        see(".o_form_saved"),
        click(".o_breadcrumb .o_back_button, .breadcrumb-item a"),
        click(".o_switch_view.o_calendar"),
        click(".o_event:contains('Tour Customer')", "It is in the calendar"),
        click(".o_cw_popover_edit"),
        click("button[name=action_renew]"),
        see(".modal .o_field_widget[name=date_end]", "The next term is offered"),
        click(".modal:not(.o_inactive_modal) .o_form_button_save"),
        see("body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains(Renewed)"),
    ],
});

tours.add("customer_success_stage", {
    steps: () => [
        see(".o_kanban_group:contains(Won Back)", "Every stage is a column"),
        {
            trigger: ".o_kanban_group:contains(Mature) .o_kanban_record:contains(Tour Customer)",
            run: "drag_and_drop(.o_kanban_group:contains(Declining))",
            timeout,
        },
        see(".o_kanban_group:contains(Declining) .o_kanban_record:contains(Tour Customer):has(.fa-hand-paper-o)"),
        click(".o_kanban_record:contains(Tour Customer)"),
        see(".o_arrow_button_current:contains(Declining)"),
        click("button[name=action_follow_stage_rules]"),
        see(".o_arrow_button_current:contains(Mature)"),
    ],
});
