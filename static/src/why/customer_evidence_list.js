import { onMounted, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** The records a metric counted: says how many there are, opens the document itself. */
export class CustomerEvidenceListController extends ListController {
    static template = "customer_success.CustomerEvidenceList";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.evidence = useState({ summary: {} });
        onMounted(() => this.loadSummary());
    }

    /** Beside the list, not before it: counting again takes as long as the list. */
    async loadSummary() {
        const given = this.props.context.customer_evidence;
        if (given) {
            this.evidence.summary = await this.orm.silent.call(
                "customer.profile",
                "get_evidence_summary",
                [[given.profile], given.code, given.score]
            );
        }
    }

    async openRecord(record, { newWindow } = {}) {
        const { res_model, res_id } = record.data;
        if (!res_model) {
            return;
        }
        if (!this.evidence.summary.records) {
            await this.loadSummary();
        }
        // core's form of an invoice is not for people without payments
        const { invoice_form_id } = this.evidence.summary;
        const form = (res_model === "account.move" && invoice_form_id) || false;
        await this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                res_model,
                res_id,
                views: [[form, "form"]],
                context: { create: false },
            },
            { newWindow }
        );
    }
}

registry.category("views").add("customer_evidence_list", {
    ...listView,
    Controller: CustomerEvidenceListController,
});
