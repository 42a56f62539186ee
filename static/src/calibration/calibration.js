import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SIZE = 220;
const LEFT = 44;
const TOP = 10;

/** Chances that were predicted against what happened, one dot for each tenth. */
export class CustomerCalibrationField extends Component {
    static template = "customer_success.CustomerCalibration";
    static props = { ...standardFieldProps };

    get size() {
        return SIZE;
    }

    get left() {
        return LEFT;
    }

    get top() {
        return TOP;
    }

    get ticks() {
        return [0, 0.5, 1].map((share) => ({
            x: this.x(share),
            y: this.y(share),
            text: `${share * 100}%`,
        }));
    }

    get dots() {
        const bins = this.props.record.data[this.props.name] || [];
        const most = Math.max(1, ...bins.map((bin) => bin.count));
        return bins.map((bin) => ({
            ...bin,
            key: bin.bin,
            x: this.x(bin.predicted),
            y: this.y(bin.observed),
            radius: 4 + 8 * Math.sqrt(bin.count / most),
            predictedText: this.percent(bin.predicted),
            observedText: this.percent(bin.observed),
            text: _t("%(count)s customers: predicted %(predicted)s, observed %(observed)s", {
                count: bin.count,
                predicted: this.percent(bin.predicted),
                observed: this.percent(bin.observed),
            }),
        }));
    }

    x(share) {
        return LEFT + share * SIZE;
    }

    y(share) {
        return TOP + (1 - share) * SIZE;
    }

    percent(share) {
        return `${Math.round(share * 100)}%`;
    }
}

registry.category("fields").add("customer_calibration", {
    component: CustomerCalibrationField,
    supportedTypes: ["json"],
});
