/**
 * Field paths, as in ``payload/paths.py``: field names joined by dots (``order_line.product_id.default_code``), several of
 * them separated by commas, semicolons or white space.
 */
import { RPCError } from "@web/core/network/rpc";
import { unique } from "@web/core/utils/arrays";

/**
 * The paths in what a person typed or a Char field holds, without doubles.
 *
 * @param {string|false} text
 * @returns {string[]} in the order given
 */
export function split(text) {
    return unique((text || "").split(/[\s,;]+/).filter(Boolean));
}

/**
 * The paths as a Char field holds them.
 *
 * @param {string[]} paths
 * @returns {string|false}
 */
export function join(paths) {
    return paths.join(", ") || false;
}

/**
 * The fields of a model that the user may read; none for a model that went with its module.
 *
 * @param {Object} fieldService Odoo's service "field"
 * @param {string} resModel
 * @returns {Promise<Object>} field definitions by name
 */
export async function loadFields(fieldService, resModel) {
    try {
        return await fieldService.loadFields(resModel);
    } catch (error) {
        if (error instanceof RPCError && error.code === 404) {
            return {};
        }
        throw error;
    }
}

/**
 * The labels of the fields that ``path`` leads through.
 *
 * @param {Object} fieldService Odoo's service "field"
 * @param {string} resModel the model in which the path begins
 * @param {string} path
 * @returns {Promise<string[]|null>} null for a path that leads nowhere
 */
export async function loadLabels(fieldService, resModel, path) {
    const labels = [];
    for (const name of path.split(".")) {
        // Properties are taken whole: what follows one is no field.
        const fields = resModel ? await loadFields(fieldService, resModel) : {};
        if (!Object.hasOwn(fields, name)) {
            return null;
        }
        labels.push(fields[name].string);
        resModel = fields[name].relation;
    }
    return labels;
}
