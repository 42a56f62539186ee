import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const DAY = 24 * 3600 * 1000;
const MARGIN = { left: 34, right: 10, names: 96, top: 8, bottom: 22 };
// Narrower than this, the names of the bands stand inside the chart.
const WIDE = 600;
const HEIGHTS = { tier: 230, health: 130 };

/** Tier total and health over time: bands, scorecard changes and tier changes marked. */
export class CustomerHistory extends Component {
    static template = "customer_success.CustomerHistory";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({ width: 0, history: null, hint: {} });
        const observer = new ResizeObserver(() => this.measure());
        onMounted(() => {
            this.measure();
            observer.observe(this.root.el);
        });
        onWillUnmount(() => observer.disconnect());
        useRecordObserver((record) => {
            this.load(record.resId, record.data.tier_score);
        });
    }

    measure() {
        const width = Math.round(this.root.el?.clientWidth || 0);
        if (width && width !== this.state.width) {
            this.state.width = width;
        }
    }

    /** Not waited for: the form is there before its history. */
    async load(resId) {
        const history = resId
            ? await this.orm.silent.call("customer.profile", "get_score_history", [[resId]])
            : { charts: [] };
        if ((resId || false) === (this.props.record.resId || false)) {
            this.state.history = history;
        }
    }

    get isWide() {
        return this.state.width >= WIDE;
    }

    get charts() {
        const { history, width } = this.state;
        return history && width ? history.charts.map((chart) => this.draw(chart)) : [];
    }

    /** Turn dates and totals into the coordinates of one chart. */
    draw(chart) {
        const height = HEIGHTS[chart.kind];
        const area = {
            left: MARGIN.left,
            right: this.state.width - (this.isWide ? MARGIN.names : MARGIN.right),
            top: MARGIN.top,
            bottom: height - MARGIN.bottom,
        };
        const days = this.state.history.charts.flatMap((other) =>
            [...other.lines.flatMap((line) => line.points), ...other.changes].map((point) =>
                this.toTime(point.date)
            )
        );
        const end = Math.max(this.toTime(this.state.history.today), ...days);
        const start = Math.min(...days, end - 30 * DAY);
        const x = (date) =>
            area.left + ((this.toTime(date) - start) / (end - start)) * (area.right - area.left);
        const y = (total) =>
            area.bottom - (Math.min(total, chart.max) / chart.max) * (area.bottom - area.top);
        const today = new Date(end).toISOString().slice(0, 10);
        return {
            ...chart,
            area,
            height,
            bands: chart.bands.map((band) => this.drawBand(band, { x, y, chart, today })),
            scale: this.getScale(chart).map((total) => ({ total, y: y(total) })),
            ticks: this.getTicks(start, end).map((time) => this.drawTick(time, start, end, area)),
            lines: chart.lines.map((line) => this.drawLine(line, { x, y, today })),
            cards: chart.cards.map((card) => ({ ...card, x: x(card.date) })),
            changes: chart.changes.map((change) => ({
                ...change,
                x: x(change.date),
                y: change.total === false ? area.bottom : y(change.total),
            })),
        };
    }

    toTime(date) {
        return DateTime.fromISO(date, { zone: "utc" }).toMillis();
    }

    drawBand(band, { x, y, chart, today }) {
        const left = x(band.from);
        const right = x(band.to || today);
        const top = y(band.high === null ? chart.max : band.high);
        const bottom = y(band.low);
        return {
            ...band,
            x: left,
            y: top,
            width: Math.max(right - left, 0),
            height: Math.max(bottom - top, 0),
            hasName: !band.to && bottom - top > 12,
        };
    }

    /** A score holds until the next one; the last until today. Gaps are unknown totals. */
    drawLine(line, { x, y, today }) {
        let path = "";
        let isDown = false;
        line.points.forEach((point, index) => {
            const next = line.points[index + 1];
            if (point.total === null) {
                isDown = false;
                return;
            }
            path += `${isDown ? "L" : "M"}${x(point.date)} ${y(point.total)}`;
            if (next || line.is_open) {
                path += `L${x(next ? next.date : today)} ${y(point.total)}`;
            }
            isDown = true;
        });
        const points = line.points.filter((point) => point.total !== null);
        return {
            ...line,
            path,
            points: points.map((point) => ({
                ...point,
                x: x(point.date),
                y: y(point.total),
                text: line.name ? `${line.name}, ${point.text}` : point.text,
            })),
        };
    }

    /** The bounds of the bands in force today label the axis. */
    getScale(chart) {
        const bounds = chart.bands.filter((band) => !band.to).map((band) => band.low);
        return [...new Set([0, ...bounds, chart.max])];
    }

    getTicks(start, end) {
        const count = this.isWide ? 5 : 2;
        return Array.from({ length: count + 1 }, (_, i) => start + ((end - start) * i) / count);
    }

    drawTick(time, start, end, area) {
        const format = end - start > 150 * DAY ? "LLL yyyy" : "d LLL";
        const share = (time - start) / (end - start);
        return {
            x: area.left + share * (area.right - area.left),
            label: DateTime.fromMillis(time, { zone: "utc" }).toFormat(format),
            anchor: share === 0 ? "start" : share === 1 ? "end" : "middle",
        };
    }

    /** What the pointer is on, in words; on a phone a tap does it. */
    say(kind, text) {
        this.state.hint = { kind, text };
    }

    getHint(kind) {
        return this.state.hint.kind === kind ? this.state.hint.text : "";
    }

    getLabel(chart) {
        const line = chart.lines.find((other) => !other.name) || chart.lines[0];
        return _t("%(title)s over time. Last: %(last)s", {
            title: chart.title,
            last: line.points.at(-1)?.text || "",
        });
    }

    compare() {
        return this.action.doAction("customer_success.customer_score_compare_action", {
            additionalContext: { default_profile_id: this.props.record.resId },
        });
    }
}

registry.category("view_widgets").add("customer_history", { component: CustomerHistory });
