import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MARKS = {
    done: ["fa-check-square-o text-success", _t("Done")],
    todo: ["fa-square-o text-muted", _t("To do")],
    ok: ["fa-check-circle text-success", _t("OK")],
    warning: ["fa-exclamation-triangle text-warning", _t("Warning")],
    problem: ["fa-times-circle text-danger", _t("Problem")],
};

/** The lines of the checklist; the last one unfolds the system check below them. */
export class CustomerChecklistLines extends Component {
    static template = "customer_success.ChecklistLines";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.marks = MARKS;
        this.state = useState({ lines: [], checks: [], busy: false });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.lines = await this.orm.call("customer.checklist", "get_checklist", []);
    }

    async press(button) {
        if (button.action) {
            return this.action.doAction(button.action, { onClose: () => this.load() });
        }
        this.state.busy = true;
        try {
            if (button.method === "run_checks") {
                this.state.checks = await this.orm.call(
                    "customer.system.check",
                    "run_checks",
                    []
                );
            } else {
                const action = await this.orm.call("customer.checklist", button.method, []);
                await this.load();
                if (action) {
                    await this.action.doAction(action);
                }
            }
        } finally {
            this.state.busy = false;
        }
    }
}

export class CustomerChecklist extends Component {
    static template = "customer_success.Checklist";
    static components = { Layout, CustomerChecklistLines };
    static props = { ...standardActionServiceProps };
}

registry.category("actions").add("customer_success.checklist", CustomerChecklist);
