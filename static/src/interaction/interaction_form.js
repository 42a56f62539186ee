import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * Leaves nothing behind when the page is closed before anything was written.
 *
 * Core saves a new record then; an interaction with all its defaults would count as a
 * contact that never took place.
 */
export class CustomerInteractionFormController extends FormController {
    async beforeUnload(ev) {
        const { root } = this.model;
        this.model._urgentSave = true; // what is being typed counts, too
        this.model.bus.trigger("WILL_SAVE_URGENTLY");
        this.model._urgentSave = false;
        if (!root.isNew || root.dirty) {
            await super.beforeUnload(ev);
        }
    }
}

registry.category("views").add("customer_interaction_form", {
    ...formView,
    Controller: CustomerInteractionFormController,
});
