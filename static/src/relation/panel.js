import { Component, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CustomerRhythmLine } from "../rhythm/rhythm";
import { CustomerChain } from "./chain";

const { DateTime } = luxon;
const LISTS_OF_A_CUSTOMER = {
    "customer.alert": "action_open_alerts",
    "customer.care.action": "action_open_care_actions",
    "customer.care.plan": "action_open_care_plans",
    "customer.commitment": "action_open_commitments",
    "customer.team.member": "action_open_team",
};
const LISTS = {
    "customer.insight": "customer_success.customer_insight_action",
    "customer.interaction": "customer_success.customer_interaction_action",
    "customer.milestone": "customer_success.customer_milestone_action",
    "customer.agreement": "customer_success.customer_agreement_action",
};

// The tile of the form shows what the panel has read.
const renewal = reactive({ resId: false, milestone: null });

/** Return how far away a day is, in words. */
function sayDays(days) {
    if (days === 0) {
        return _t("today");
    }
    if (days === 1) {
        return _t("tomorrow");
    }
    return days > 0 ? _t("in %s days", days) : _t("%s days ago", -days);
}

/** Who decides, our team, needs, what was said last, what is coming up: one call. */
export class CustomerRelation extends Component {
    static template = "customer_success.CustomerRelation";
    static components = { CustomerChain, CustomerRhythmLine };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.state = useState({ card: null });
        useRecordObserver((record) => {
            this.load(record.resId, record.data.tier_score);
        });
    }

    get resId() {
        return this.props.record.resId || false;
    }

    /** Not waited for: the form is there before its panel. */
    async load(resId = this.resId) {
        const card = resId
            ? await this.orm.silent.call("customer.profile", "get_relation_card", [[resId]])
            : null;
        if ((resId || false) === this.resId) {
            this.state.card = card;
            renewal.resId = this.resId;
            renewal.milestone =
                card?.milestone.find((row) => row.kind === "renewal" && row.state === "open") ||
                null;
        }
    }

    get why() {
        const why = this.props.record.data.tier_explanation || {};
        return (why.dimensions || []).map((dimension) => ({
            ...dimension,
            text: dimension.metrics
                .filter((metric) => metric.points)
                .map((metric) =>
                    dimension.metrics.length > 1 ? `${metric.name} ${metric.value}` : metric.value
                )
                .join(" · "),
        }));
    }

    get lift() {
        const lift = this.props.record.data.tier_explanation?.lift;
        return lift?.moves.length ? lift : null;
    }

    get rhythmColor() {
        const colors = { watch: "text-bg-warning", at_risk: "text-bg-danger", lost: "text-bg-danger" };
        return colors[this.state.card.churn.state] || "text-bg-secondary";
    }

    get promiseColors() {
        return {
            late: "text-bg-danger",
            soon: "text-bg-warning",
            fine: "text-bg-success",
            paused: "text-bg-secondary",
        };
    }

    get caseColors() {
        return {
            late: "text-bg-danger",
            soon: "text-bg-warning",
            running: "text-bg-success",
            paused: "text-bg-secondary",
        };
    }

    get cells() {
        return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    }

    get effective() {
        const { effective_month: count, target } = this.state.card.interaction;
        return target
            ? _t("%(count)s of %(target)s effective this month", { count, target })
            : _t("%s effective this month", count);
    }

    get visits() {
        const { total, outgoing, incoming } = this.state.card.interaction.executive_visits;
        return _t(
            "Executive visits in 12 months: %(total)s (we to them %(outgoing)s, they to us %(incoming)s)",
            { total, outgoing, incoming }
        );
    }

    get proposed() {
        return _t("%s to confirm", this.state.card.interaction.proposed_count);
    }

    get companyText() {
        const { industry, business, size } = this.state.card.company;
        return [industry, business, size].filter(Boolean).join(" · ");
    }

    get stageText() {
        const { stage, days } = this.state.card.stage;
        return _t("%(stage)s for %(days)s days", { stage, days });
    }

    get addLabels() {
        return {
            "customer.team.member": _t("Add colleague"),
            "customer.insight": _t("Add insight"),
            "customer.interaction": _t("Log interaction"),
            "customer.milestone": _t("Add milestone"),
            "customer.agreement": _t("Add contract or project"),
        };
    }

    sayDate(day) {
        const date = DateTime.fromISO(day);
        const format = { day: "numeric", month: "short" };
        if (date.year !== DateTime.now().year) {
            format.year = "numeric";
        }
        return date.toLocaleString(format);
    }

    sayDays(days) {
        return sayDays(days);
    }

    sayWho({ ours, theirs }) {
        const [us, them] = [ours, theirs].map((names) => (names || []).join(", "));
        return us && them ? _t(", %(us)s with %(them)s", { us, them }) : us || them ? `, ${us || them}` : "";
    }

    /** The whole score stands on a page of the form. */
    showWhy(ev) {
        const form = ev.target.closest(".o_form_view") || document;
        const page = form.querySelector(".o_notebook a[name=page_why]");
        page?.click();
        page?.scrollIntoView({ behavior: "smooth" });
    }

    async open(resModel, resId) {
        await this.leaveSaved();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    async openAll(resModel, filter = false) {
        const method = LISTS_OF_A_CUSTOMER[resModel];
        if (method) {
            return this.call(method);
        }
        await this.leaveSaved();
        const action = await this.action.loadAction(LISTS[resModel]);
        this.action.doAction({
            ...action,
            domain: [["profile_id", "=", this.resId]],
            context: {
                default_profile_id: this.resId,
                ...(filter ? { [`search_default_${filter}`]: 1 } : {}),
            },
        });
    }

    /** A dialog; afterwards the panel is read again. */
    async add(resModel) {
        if (resModel === "customer.interaction") {
            return this.call("action_log_interaction");
        }
        return this.edit(resModel, false, this.addLabels[resModel]);
    }

    async edit(resModel, resId, title) {
        await this.leaveSaved();
        this.dialog.add(FormViewDialog, {
            resModel,
            resId,
            ...(title ? { title } : {}),
            context: { default_profile_id: this.resId },
            onRecordSaved: () => this.load(),
        });
    }

    /** Carry out a button of the customer; after a dialog the form is read again. */
    async call(method) {
        await this.leaveSaved();
        const action = await this.orm.call("customer.profile", method, [[this.resId]]);
        this.action.doAction(action, { onClose: () => this.props.record.load() });
    }

    /** What was typed on the form is saved first, as a button of the form does it. */
    async leaveSaved() {
        if (await this.props.record.isDirty()) {
            await this.props.record.save();
        }
    }
}

registry.category("view_widgets").add("customer_relation", {
    component: CustomerRelation,
    fieldDependencies: [{ name: "tier_explanation", type: "json" }],
});

/** Under the next review: when the next contract ends. */
export class CustomerRenewal extends Component {
    static template = "customer_success.CustomerRenewal";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.renewal = useState(renewal);
    }

    get milestone() {
        const isHis = this.renewal.resId && this.renewal.resId === this.props.record.resId;
        return isHis ? this.renewal.milestone : null;
    }

    get text() {
        const { days } = this.milestone;
        return days < 0
            ? _t("Renewal overdue by %s days", -days)
            : _t("Renewal %s", sayDays(days));
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "customer.milestone",
            res_id: this.milestone.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("customer_renewal", { component: CustomerRenewal });
