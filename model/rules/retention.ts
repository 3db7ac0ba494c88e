/** Customers who leave: a day when their data goes, and whom to tell. */
import { called, inCustomer, inHosting, type Rule } from "./draft.ts";

export const dayOfErasure: Rule = {
  name: "day-of-erasure", severity: "fault",
  says: "`eraseOn` is for customers who are suspended or leaving; who is leaving has one.",
  *check({ customers }) {
    for (const customer of customers) {
      const { status, eraseOn } = customer.value;
      if (eraseOn !== undefined && status === "active") yield { ...inCustomer(customer, ["eraseOn"], `${called(customer)} is active, and its data would go on ${eraseOn}`, "take it away, or say `status: suspended` or `leaving`"), at: "key" };
      if (status === "leaving" && !customer.given("eraseOn")) yield inCustomer(customer, ["status"], `${called(customer)} is leaving, and nothing says when its data goes`, "`eraseOn: \"2026-12-31\"`, or deploy customer remove");
    }
  },
};

export const mailForCustomers: Rule = {
  name: "mail-for-customers", severity: "fault",
  says: "Mail to customers (`credentials: mail`, `retention.warnCustomer`) goes by `notify.mail`.",
  *check({ platform: { credentials, retention, notify } }) {
    if (notify?.mail) return;
    if (credentials === "mail") yield inHosting(["credentials"], "there is no mail server", "`notify.mail` names one; or `print`, or a command");
    if (retention?.warnCustomer) yield inHosting(["retention", "warnCustomer"], "there is no mail server", "`notify.mail` names one");
  },
};
