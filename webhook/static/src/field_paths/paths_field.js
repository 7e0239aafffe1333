import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useTagNavigation } from "@web/core/record_selectors/tag_navigation_hook";
import { registry } from "@web/core/registry";
import { TagsList } from "@web/core/tags_list/tags_list";
import { unique } from "@web/core/utils/arrays";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { join, loadFields, loadLabels, split } from "./paths";
import { PathsPopover } from "./paths_popover";

const RED = 1; // among the colours of tags

/**
 * The field paths in a Char field, as tags: ``<field name="…" widget="webhook_paths" options="{'model': 'model'}"/>``, where
 * the option names the Char field with the model that the paths begin in.
 *
 * Paths are picked from that model's fields, or typed and pasted. One that leads nowhere is kept, in red: the server says
 * at saving what is wrong with it.
 */
export class PathsField extends Component {
    static template = "webhook.PathsField";
    static components = { TagsList };
    static props = {
        ...standardFieldProps,
        modelField: String,
        placeholder: { type: String, optional: true },
    };

    setup() {
        this.fieldService = useService("field");
        this.popover = usePopover(PathsPopover, {
            popoverClass: "o_popover_field_selector",
            position: "bottom-end",
            onClose: () => this.button.el?.focus(),
        });
        this.root = useRef("root");
        this.input = useRef("input");
        this.button = useRef("button");
        this.state = useState({ tags: [], hasFields: false });
        this.waiting = null; // a change that the record has not taken over yet: {id of the record, paths}
        this.keepLast = new KeepLast();
        useRecordObserver((record, props) => this.load(record, props));
        useTagNavigation("root", {
            isEnabled: () => !this.props.readonly,
            delete: (index) => this.remove(this.state.tags[index].id),
        });
        // What is typed and not yet a tag is saved too.
        const { bus } = this.props.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", (ev) => ev.detail.proms.push(this.addTyped()));
        useBus(bus, "WILL_SAVE_URGENTLY", () => {
            this.addTyped();
            if (this.waiting) {
                this.props.record.update({ [this.props.name]: join(this.waiting.paths) });
            }
        });
    }

    get resModel() {
        return this.props.record.data[this.props.modelField];
    }

    get paths() {
        return this.pathsOf(this.props.record, this.props.name);
    }

    get tags() {
        return this.state.tags.map((tag) => ({
            ...tag,
            onDelete: this.props.readonly ? undefined : () => this.remove(tag.id),
        }));
    }

    /** What the record holds, or is about to: what is computed from the paths can take a while. */
    pathsOf(record, name) {
        const held = split(record.data[name]); // read in any case, so that a change of it is noticed
        return this.waiting?.id === record.id ? this.waiting.paths : held;
    }

    /** Read the labels of the paths in ``record``, and show them. */
    async load(record, { name, modelField }) {
        const resModel = record.data[modelField];
        const [fields, ...tags] = await this.keepLast.add(
            Promise.all([
                resModel ? loadFields(this.fieldService, resModel) : {},
                ...this.pathsOf(record, name).map((path) => this.loadTag(resModel, path)),
            ])
        );
        Object.assign(this.state, { tags, hasFields: Object.keys(fields).length > 0 });
    }

    async loadTag(resModel, path) {
        if (!resModel) {
            return { id: path, text: path };
        }
        const labels = await loadLabels(this.fieldService, resModel, path);
        if (labels) {
            return { id: path, text: labels.join(" › "), title: path };
        }
        return {
            id: path,
            text: path,
            title: _t("There is no such field: it is gone, or mistyped. Remove it, or add the right one."),
            colorIndex: RED,
            icon: "fa-exclamation-triangle",
            className: "py-0 ps-0", // of the icon, or this tag would be higher than the others
        };
    }

    add(paths) {
        return this.change([...this.paths, ...paths]);
    }

    remove(path) {
        return this.change(this.paths.filter((each) => each !== path));
    }

    async change(paths) {
        paths = unique(paths);
        if (join(paths) === join(this.paths)) {
            return;
        }
        const { record, name } = this.props;
        const change = { id: record.id, paths };
        this.waiting = change;
        this.load(record, this.props); // shown at once
        try {
            await record.update({ [name]: join(paths) });
        } finally {
            if (this.waiting === change) {
                this.waiting = null;
                this.load(record, this.props);
            }
        }
    }

    /** Make tags of what is in the text input. */
    async addTyped() {
        const { el } = this.input;
        if (!el?.value) {
            return;
        }
        const typed = split(el.value);
        el.value = "";
        await this.add(typed);
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", Boolean(el.value));
    }

    onInput() {
        const { value } = this.input.el;
        if (/[\s,;]/.test(value)) {
            this.addTyped();
        } else {
            this.props.record.model.bus.trigger("FIELD_IS_DIRTY", Boolean(value));
        }
    }

    /** Take over lines too, which the text input would run together. */
    onPaste(ev) {
        const text = ev.clipboardData.getData("text");
        if (/[\s,;]/.test(text)) {
            ev.preventDefault();
            this.input.el.setRangeText(text.replace(/\s+/g, " "));
            this.addTyped();
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.addTyped();
        } else if (ev.key === "Backspace" && !this.input.el.value) {
            ev.stopPropagation(); // the tags' navigation would take the tag that is shown last, be it removed already
            this.change(this.paths.slice(0, -1));
        } else if (ev.key === "Escape" && this.input.el.value) {
            ev.stopPropagation(); // it would close a dialog around
            this.input.el.value = "";
            this.onInput();
        }
    }

    openPopover() {
        // At the whole widget, so as not to cover its tags.
        this.popover.open(this.root.el, {
            box: this.root.el,
            resModel: this.resModel,
            chosen: this.state,
            filter: (fieldDef) => fieldDef.type !== "separator",
            // Field names are what receivers get to see.
            isDebugMode: true,
            showDebugInput: false,
            showSearchInput: true,
            update: (path, fieldDef) => fieldDef && this.add([path]),
        });
    }
}

export const pathsField = {
    component: PathsField,
    displayName: _t("Field Paths"),
    supportedTypes: ["char"],
    supportedOptions: [{ label: _t("Model"), name: "model", type: "string" }],
    extractProps: ({ options, placeholder }) => ({ modelField: options.model, placeholder }),
};

registry.category("fields").add("webhook_paths", pathsField);
