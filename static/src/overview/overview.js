import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { CustomerChecklistLines } from "./checklist";

const SCOPE_KEY = "customer_success.overview_scope";

/** The start screen: one call brings every number with the list behind it. */
export class CustomerOverview extends Component {
    static template = "customer_success.Overview";
    static components = { Layout, CustomerChecklistLines };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ data: {} });
        onWillStart(() => this.load(browser.localStorage.getItem(SCOPE_KEY)));
    }

    async load(scope) {
        this.state.data = await this.orm.call("customer.overview", "get_overview", [
            scope || null,
        ]);
    }

    async setScope(scope) {
        browser.localStorage.setItem(SCOPE_KEY, scope);
        await this.load(scope);
    }

    /** Open the customers that a number counts. */
    openNumber(number, action = this.state.data.action) {
        return this.action.doAction({ ...action, name: number.title, domain: number.domain });
    }

    openMoves(number) {
        return this.openNumber(number, this.state.data.moves.action);
    }

    openAlerts(number) {
        return this.openNumber(number, this.state.data.alerts.action);
    }

    openCustomer(row) {
        return this.openRecord("customer.profile", row.id);
    }

    /** Open the very thing that a row names: the alert, the action, else the customer. */
    openRow(row) {
        if (row.care_action) {
            return this.openRecord("customer.care.action", row.care_action);
        }
        return row.alert ? this.openRecord("customer.alert", row.alert) : this.openCustomer(row);
    }

    openRecord(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    /** Do the very thing that a row names, then show what is left. */
    async press(row) {
        if (!row.button.method) {
            return this.openRow(row);
        }
        const { model = "customer.profile", id = row.id, method } = row.button;
        const action = await this.orm.call(model, method, [[id]]);
        const reload = () => this.load(this.state.data.scope);
        if (!action || action.tag) {
            await reload();
        }
        if (action) {
            delete action.params?.next;
            await this.action.doAction(action, { onClose: reload });
        }
    }
}

registry.category("actions").add("customer_success.overview", CustomerOverview);
