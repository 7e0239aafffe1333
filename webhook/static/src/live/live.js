import { Component, onWillUnmount, useEffect, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const EVERY = 1000; // milliseconds

/**
 * `<widget name="webhook_live"/>`: loads the form's record again each second, for as long as its field `live` says that it
 * may change soon. A window that nobody looks at waits.
 */
export class WebhookLive extends Component {
    static template = xml`<t/>`;
    static props = { record: Object, "*": true };

    setup() {
        this.timer = null;
        useEffect(
            (live) => {
                if (live) {
                    this.plan();
                }
                return () => this.stop();
            },
            () => [this.props.record.data.live]
        );
        onWillUnmount(() => this.stop());
    }

    plan() {
        this.timer = browser.setTimeout(() => this.look(), EVERY);
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    async look() {
        const timer = this.timer;
        if (!document.hidden) {
            await this.props.record.load();
        }
        if (this.timer === timer && this.props.record.data.live) {
            this.plan(); // nobody has stopped it meanwhile
        }
    }
}

registry.category("view_widgets").add("webhook_live", { component: WebhookLive });
