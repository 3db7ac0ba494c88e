/** Zone settings of the free plan: default and what may be set. Names and values as Cloudflare documents them. */
import { z } from "zod";

const onOff = z.enum(["on", "off"]);
const fixed = undefined;

interface Rule {
  initial: unknown;
  /** undefined: shown, but not to be changed on this plan. */
  accepts: z.ZodType | undefined;
}

const seconds = (...values: number[]) => z.literal(values);
const browserTtl = seconds(0, 30, 60, 120, 300, 1200, 1800, 3600, 7200, 10800, 14400, 18000, 28800, 43200, 57600, 72000, 86400, 172800, 259200, 345600, 432000, 691200, 1382400, 2073600, 2678400, 5356800, 16070400, 31536000);
const challengeTtl = seconds(300, 900, 1800, 2700, 3600, 7200, 10800, 14400, 28800, 57600, 86400, 604800, 2592000, 31536000);
const securityHeader = z.object({
  strict_transport_security: z.object({
    enabled: z.boolean().optional(),
    max_age: z.int().min(0).optional(),
    include_subdomains: z.boolean().optional(),
    preload: z.boolean().optional(),
    nosniff: z.boolean().optional(),
  }),
});

export const settingRules: Record<string, Rule> = {
  "0rtt": { initial: "off", accepts: onOff },
  advanced_ddos: { initial: "on", accepts: fixed },
  always_online: { initial: "off", accepts: onOff },
  always_use_https: { initial: "off", accepts: onOff },
  automatic_https_rewrites: { initial: "on", accepts: onOff },
  brotli: { initial: "on", accepts: onOff },
  browser_cache_ttl: { initial: 14400, accepts: browserTtl },
  browser_check: { initial: "on", accepts: onOff },
  cache_level: { initial: "aggressive", accepts: z.enum(["aggressive", "basic", "simplified"]) },
  challenge_ttl: { initial: 1800, accepts: challengeTtl },
  ciphers: { initial: [], accepts: z.array(z.string()) },
  development_mode: { initial: "off", accepts: onOff },
  early_hints: { initial: "off", accepts: onOff },
  email_obfuscation: { initial: "on", accepts: onOff },
  hotlink_protection: { initial: "off", accepts: onOff },
  http2: { initial: "on", accepts: fixed },
  http3: { initial: "on", accepts: onOff },
  ip_geolocation: { initial: "on", accepts: onOff },
  ipv6: { initial: "on", accepts: onOff },
  max_upload: { initial: 100, accepts: z.literal(100) },
  min_tls_version: { initial: "1.0", accepts: z.enum(["1.0", "1.1", "1.2", "1.3"]) },
  mirage: { initial: "off", accepts: fixed },
  opportunistic_encryption: { initial: "on", accepts: onOff },
  opportunistic_onion: { initial: "on", accepts: onOff },
  polish: { initial: "off", accepts: fixed },
  prefetch_preload: { initial: "off", accepts: fixed },
  privacy_pass: { initial: "on", accepts: onOff },
  pseudo_ipv4: { initial: "off", accepts: z.enum(["off", "add_header", "overwrite_header"]) },
  replace_insecure_js: { initial: "on", accepts: onOff },
  response_buffering: { initial: "off", accepts: fixed },
  rocket_loader: { initial: "off", accepts: onOff },
  security_header: {
    initial: { strict_transport_security: { enabled: false, max_age: 0, include_subdomains: false, preload: false, nosniff: false } },
    accepts: securityHeader,
  },
  security_level: { initial: "medium", accepts: z.enum(["off", "essentially_off", "low", "medium", "high", "under_attack"]) },
  server_side_exclude: { initial: "on", accepts: onOff },
  sort_query_string_for_cache: { initial: "off", accepts: fixed },
  ssl: { initial: "full", accepts: z.enum(["off", "flexible", "full", "strict"]) },
  tls_1_3: { initial: "on", accepts: z.enum(["on", "off", "zrt"]) },
  tls_client_auth: { initial: "off", accepts: onOff },
  true_client_ip_header: { initial: "off", accepts: fixed },
  waf: { initial: "off", accepts: fixed },
  webp: { initial: "off", accepts: fixed },
  websockets: { initial: "on", accepts: onOff },
};
