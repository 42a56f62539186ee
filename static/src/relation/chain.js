import { Component, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

const { DateTime } = luxon;
// Up to so many people the whole tree is unfolded at first; more only to their reports.
const UNFOLDED = 25;

const STANCES = {
    supportive: "fa-thumbs-o-up text-success",
    neutral: "fa-minus text-muted",
    opposed: "fa-thumbs-o-down text-danger",
    unknown: "fa-question text-muted",
};

/** Who decides at a customer, as a tree of people, from `_get_chain_card()`. */
export class CustomerChain extends Component {
    static template = "customer_success.CustomerChain";
    static props = {
        chain: Object,
        profileId: Number,
        canWrite: { type: Boolean, optional: true },
        onChange: { type: Function, optional: true },
    };
    static defaultProps = { canWrite: true, onChange: () => {} };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.stances = STANCES;
        this.state = useState({ toggled: {} });
    }

    /** People with those below them; whoever is above but not here has no say. */
    get tree() {
        const nodes = new Map(
            this.props.chain.people.map((person) => [person.id, { person, below: [] }])
        );
        const top = [];
        for (const node of nodes.values()) {
            (nodes.get(node.person.parent_id)?.below || top).push(node);
        }
        return top;
    }

    get coverage() {
        const { state, rate, covered, required } = this.props.chain.coverage;
        if (state === "known") {
            return _t("%(percent)s of the roles covered (%(covered)s of %(required)s)", {
                percent: `${Math.round(100 * rate)}%`,
                covered,
                required,
            });
        }
        return state === "no_tier" ? _t("Coverage unknown: no tier yet") : "";
    }

    get missing() {
        const { missing } = this.props.chain.coverage;
        return missing.length ? _t("Missing for this tier: %s", missing.join(", ")) : "";
    }

    isOpen({ person }) {
        const isOpen = this.props.chain.people.length <= UNFOLDED || person.depth < 1;
        return this.state.toggled[person.id] ? !isOpen : isOpen;
    }

    toggle({ person }) {
        this.state.toggled[person.id] = !this.state.toggled[person.id];
    }

    countText({ below }) {
        return below.length === 1 ? _t("1 below") : _t("%s below", below.length);
    }

    leftText({ name, date }) {
        return _t("%(name)s left on %(date)s", {
            name,
            date: formatDate(DateTime.fromISO(date)),
        });
    }

    openForm(resId) {
        this.dialog.add(FormViewDialog, {
            resModel: "customer.stakeholder",
            resId: resId || false,
            title: resId ? _t("Person in the decision chain") : _t("Add person"),
            context: { default_profile_id: this.props.profileId },
            onRecordSaved: () => this.props.onChange(),
        });
    }

    async openChain() {
        this.action.doAction(
            await this.orm.call("customer.profile", "action_open_chain", [
                [this.props.profileId],
            ])
        );
    }

    askLeft(person) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("%s has left?", person.name),
            body: _t(
                "Every role ends today and stays in the history; the first responsible person gets an activity."
            ),
            confirmLabel: _t("Has left"),
            confirm: async () => {
                await this.orm.call("customer.stakeholder", "action_has_left", [person.ids]);
                await this.props.onChange();
            },
            cancel: () => {},
        });
    }
}
