import { Component, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A computed table; its links open here (core's HTML field opens a new window). */
export class CustomerTableField extends Component {
    static template = xml`<div class="w-100" t-out="props.record.data[props.name] or ''"/>`;
    static props = { ...standardFieldProps };
}

registry.category("fields").add("customer_table", {
    component: CustomerTableField,
    supportedTypes: ["html"],
});
