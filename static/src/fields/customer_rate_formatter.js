import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";

/** A share from 0 to 1 in a pivot; an unknown one is shown as empty, not as 0%. */
export function formatCustomerRate(value, options) {
    return typeof value === "number" ? formatPercentage(value, options) : "";
}
formatCustomerRate.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("customer_rate", formatCustomerRate);
