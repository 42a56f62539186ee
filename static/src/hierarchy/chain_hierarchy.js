import { registry } from "@web/core/registry";
import { HierarchyModel } from "@web_hierarchy/hierarchy_model";
import { hierarchyView } from "@web_hierarchy/hierarchy_view";

/** Core's hierarchy reads its first rows without the context of its action. */
export class CustomerChainModel extends HierarchyModel {
    get context() {
        return { ...super.context, ...this.env.searchModel?.context };
    }
}

registry.category("views").add("customer_chain_hierarchy", {
    ...hierarchyView,
    Model: CustomerChainModel,
});
