import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A score opened: dimensions, metrics, bands, and the records each metric counted. */
export class CustomerWhyField extends Component {
    static template = "customer_success.CustomerWhyField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ counts: {} });
        useRecordObserver((record) => {
            this.loadCounts(record.data[this.props.name]);
        });
    }

    /** Not waited for: the figures are read while the records are counted. */
    async loadCounts(why) {
        this.state.counts = {};
        if (!why?.dimensions) {
            return;
        }
        const metrics = why.dimensions.flatMap((dimension) => dimension.metrics);
        const counts = await this.orm.silent.call("customer.profile", "get_evidence_counts", [
            [why.profile_id],
            metrics.map((metric) => metric.code),
            why.score_id || false,
        ]);
        const { profile_id, score_id } = this.why;
        if (why.profile_id === profile_id && why.score_id === score_id) {
            this.state.counts = counts;
        }
    }

    get why() {
        return this.props.record.data[this.props.name] || {};
    }

    get cells() {
        return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    }

    async openRecords(code) {
        await this.leaveSaved();
        const { profile_id, score_id } = this.why;
        const action = await this.orm.call("customer.profile", "action_open_evidence", [
            [profile_id],
            code,
            score_id || false,
        ]);
        if (action) {
            this.action.doAction(action);
        }
    }

    async openRemedy(remedy, ev) {
        if (remedy.page) {
            const form = ev.target.closest(".o_form_view") || document;
            form.querySelector(`.o_notebook a[name=${remedy.page}]`)?.click();
        } else {
            await this.leaveSaved();
            this.action.doAction(remedy.action);
        }
    }

    /** What was typed on the form is saved first, as a button of the form does it. */
    async leaveSaved() {
        if (await this.props.record.isDirty()) {
            await this.props.record.save();
        }
    }
}

registry.category("fields").add("customer_why", {
    component: CustomerWhyField,
    supportedTypes: ["json"],
});
