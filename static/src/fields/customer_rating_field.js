import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A rating from 1 to 10; nobody has rated yet is shown as empty, not as 0. */
export class CustomerRatingField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("customer_rating", {
    ...integerField,
    component: CustomerRatingField,
    isEmpty: (record, fieldName) => !record.data[fieldName],
});
