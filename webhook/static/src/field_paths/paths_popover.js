import { onMounted, onWillUnmount, useState } from "@odoo/owl";
import { ModelFieldSelectorPopover } from "@web/core/model_field_selector/model_field_selector_popover";
import { POSITION_BUS } from "@web/core/position/position_hook";

/**
 * Odoo's field selector for choosing several fields, one after another: it stays open, and ticks what is chosen already.
 *
 * ``props.update`` is called as by Odoo's own: with path and field for a choice, with a path alone for a look around.
 */
export class PathsPopover extends ModelFieldSelectorPopover {
    static template = "webhook.PathsPopover";
    static props = {
        ...ModelFieldSelectorPopover.props,
        box: HTMLElement, // that it stands at
        chosen: Object, // reactive, with the list ``tags``
    };

    setup() {
        super.setup();
        this.chosen = useState(this.props.chosen);
        // The widget grows with each choice.
        const observer = new ResizeObserver(() => this.env[POSITION_BUS].trigger("update"));
        onMounted(() => observer.observe(this.props.box));
        onWillUnmount(() => observer.disconnect());
    }

    /** Properties are sent whole, and so are chosen, not followed. */
    canFollowRelationFor(fieldDef) {
        return Boolean(fieldDef.relation);
    }

    pathOf(fieldDef) {
        const before = this.state.page.previousPage?.path;
        return before ? `${before}.${fieldDef.name}` : fieldDef.name;
    }

    isChosen(fieldDef) {
        const path = this.pathOf(fieldDef);
        return this.chosen.tags.some((tag) => tag.id === path);
    }

    selectField(fieldDef) {
        // The list scrolls to the field that has the focus of the keys: it is not to move below the pointer.
        this.state.page.focusedFieldName = null;
        this.props.update(this.pathOf(fieldDef), fieldDef);
    }

    onInputKeydown(ev) {
        const { page } = this.state;
        const inSearch = ev.target.tagName === "INPUT";
        if (inSearch && /^(Enter|Arrow)/.test(ev.key) && ev.target.value !== page.query) {
            // Who types fast is faster than the search.
            this.debouncedSearchFields.cancel();
            this.searchFields(ev.target.value);
        }
        if (ev.key !== "Enter") {
            return super.onInputKeydown(ev);
        }
        if (inSearch) {
            const name = page.focusedFieldName;
            super.onInputKeydown(ev);
            page.focusedFieldName = name;
            ev.target.select(); // the next search replaces this one
        } // else it is a button, which the key clicks
    }
}
