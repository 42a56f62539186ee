import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const DAY = 24 * 3600 * 1000;
const HEIGHT = 64;
const LINE = 26;
const EDGE = 8;
// Days shown at least, so that two orders of one week do not fill the line.
const LEAST = 90;

/** Order days of a customer on a line, and where the next ones were to be expected. */
export class CustomerRhythmLine extends Component {
    static template = "customer_success.CustomerRhythmLine";
    static props = { rhythm: Object, marked: { type: [String, Boolean], optional: true } };

    setup() {
        this.root = useRef("root");
        this.state = useState({ width: 0 });
        const observer = new ResizeObserver(() => this.measure());
        onMounted(() => {
            this.measure();
            observer.observe(this.root.el);
        });
        onWillUnmount(() => observer.disconnect());
    }

    measure() {
        const width = Math.round(this.root.el?.clientWidth || 0);
        if (width && width !== this.state.width) {
            this.state.width = width;
        }
    }

    get height() {
        return HEIGHT;
    }

    get line() {
        return LINE;
    }

    toTime(date) {
        return DateTime.fromISO(date, { zone: "utc" }).toMillis();
    }

    sayDay(date) {
        return DateTime.fromISO(date).toLocaleString(DateTime.DATE_MED);
    }

    /** Turn days into the coordinates of the line. */
    get drawing() {
        const { days, expected, today, seasons } = this.props.rhythm;
        const now = this.toTime(today);
        const start = Math.min(this.toTime(days[0]), now - LEAST * DAY);
        const end = Math.max(now + 7 * DAY, ...expected.map((day) => this.toTime(day)));
        const width = this.state.width - 2 * EDGE;
        const place = (time) => EDGE + ((time - start) / (end - start)) * width;
        const x = (date) => place(this.toTime(date));
        return {
            start: EDGE,
            end: EDGE + width,
            today: x(today),
            days: days.map((day) => ({ x: x(day), text: _t("Order on %s", this.sayDay(day)) })),
            expected: expected.map((day) => ({
                x: x(day),
                isMissed: this.toTime(day) <= now,
                text:
                    this.toTime(day) <= now
                        ? _t("Expected on %s, did not come", this.sayDay(day))
                        : _t("Expected on %s", this.sayDay(day)),
            })),
            seasons: seasons.map(([from, to]) => ({
                x: Math.max(x(from), EDGE),
                width: Math.max(x(to) - Math.max(x(from), EDGE), 2),
                text: _t("Closed from %(from)s to %(to)s", {
                    from: this.sayDay(from),
                    to: this.sayDay(to),
                }),
            })),
            marked: this.props.marked ? x(this.props.marked) : null,
            labels: this.placeLabels(start, now, x, days.at(-1), today),
        };
    }

    /** The first day, that of the last order and today, as far as there is room. */
    placeLabels(start, now, x, last, today) {
        const room = 84;
        const labels = [
            {
                x: x(today),
                text: _t("today"),
                anchor: x(today) > this.state.width - room / 2 ? "end" : "middle",
                css: "o_customer_rhythm_today",
            },
        ];
        if (Math.abs(x(today) - x(last)) > room) {
            const anchor = x(last) < room / 2 ? "start" : "middle";
            labels.push({ x: x(last), text: this.sayDay(last), anchor });
        }
        const first = DateTime.fromMillis(start, { zone: "utc" }).toISODate();
        if (labels.every((label) => label.x - EDGE > 1.6 * room)) {
            labels.push({ x: EDGE, text: this.sayDay(first), anchor: "start" });
        }
        return labels;
    }

    get missed() {
        const now = this.toTime(this.props.rhythm.today);
        return this.props.rhythm.expected.filter((day) => this.toTime(day) <= now).length;
    }

    get hasSeasons() {
        return this.props.rhythm.seasons.length;
    }
}

/** The timeline on an alert; one call brings it, after the form. */
export class CustomerRhythm extends Component {
    static template = "customer_success.CustomerRhythm";
    static components = { CustomerRhythmLine };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ rhythm: null });
        useRecordObserver((record) => {
            this.load(record.resId, record.data.state);
        });
    }

    /** Not waited for: the form is there before its timeline. */
    async load(resId) {
        const { resModel } = this.props.record;
        const rhythm = resId
            ? await this.orm.silent.call(resModel, "get_rhythm", [[resId]])
            : null;
        if ((resId || false) === (this.props.record.resId || false)) {
            this.state.rhythm = rhythm;
        }
    }
}

registry.category("view_widgets").add("customer_rhythm", { component: CustomerRhythm });
