import { inCustomer, type DraftCustomer, type Rule } from "./draft.ts";

/**
 * First labels under the domain that are not for customers: what platforms, mail and browsers look for by convention,
 * and what visitors would take for the operator (a phishing page at admin.DOMAIN is the classic).
 */
export const RESERVED: ReadonlySet<string> = new Set([
  "www", "www2", "web", "m", "admin", "administrator", "root", "api", "app", "apps", "auth", "login", "account", "accounts", "sso", "oauth",
  "static", "assets", "cdn", "media", "img", "images", "files", "uploads", "download", "downloads",
  "mail", "email", "webmail", "smtp", "imap", "pop", "pop3", "mx", "mx1", "mx2", "autoconfig", "autodiscover", "mta-sts", "postmaster", "abuse", "hostmaster", "webmaster",
  "ftp", "sftp", "ssh", "vpn", "git", "ns", "ns1", "ns2", "dns", "whois", "wpad", "isatap", "localhost", "local", "internal", "intranet",
  "status", "support", "help", "docs", "blog", "billing", "pay", "payment", "payments", "secure", "security", "ssl", "tls", "cert",
  "test", "dev", "stage", "staging", "prod", "production",
  "proxy", "postgres", "redis", "database", "db", "cache", "registry", "backup", "backups", "monitoring", "metrics", "grafana", "prometheus",
  "dedicated", "etage", "platform", "host", "server", "cloudflare", "hetzner", "about", "legal", "privacy", "terms",
]);

export const isSharedHostName = (name: string): boolean => name === "shared" || name.startsWith("shared-");

export const uniqueSlugs: Rule = {
  name: "unique-slug", severity: "fault",
  says: "No two customers have the same slug.",
  *check({ customers }) {
    const first = new Map<string, DraftCustomer>();
    for (const customer of customers) {
      const { slug } = customer.value;
      if (slug === undefined) continue;
      const earlier = first.get(slug);
      if (earlier) yield inCustomer(customer, ["slug"], `the slug "${slug}" is taken by customers[${earlier.index}]${earlier.value.name ? ` (${earlier.value.name})` : ""}`, "choose another");
      else first.set(slug, customer);
    }
  },
};

export const reservedSlugs: Rule = {
  name: "reserved-slug", severity: "fault",
  says: "A slug is not a name that platform, mail or browsers use (www, admin, api, app, mail, static, cdn, status, localhost, …), nor a shared host's (shared, shared-2, …).",
  *check({ customers }) {
    for (const customer of customers) {
      const { slug } = customer.value;
      if (slug === undefined) continue;
      if (isSharedHostName(slug)) yield inCustomer(customer, ["slug"], `"${slug}" is kept for shared hosts and their stacks`, "choose another slug");
      else if (RESERVED.has(slug)) yield inCustomer(customer, ["slug"], `"${slug}" is a reserved name`, `choose another, for example \`${slug}-customer\``);
    }
  },
};
