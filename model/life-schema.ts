/** What hosting.yaml may say about customers who come and go. Part of schema.ts. */
import { z } from "zod";

export const retention = z.strictObject({
  days: z.int().min(1).max(3650).default(30).describe("From suspension or removal to erasure, in days. What was said to a customer stands in `customers.yaml` as a date; a change here is for the next"),
  suspended: z.enum(["erase", "keep"]).default("erase").describe("Whether a suspension gets a date of erasure; `keep`: only a removal does"),
  warnDays: z.array(z.int().min(1).max(3650)).default([14, 7, 1]).describe("So many days before erasure a warning is told, once each"),
  warnCustomer: z.boolean().default(false).describe("Mail the warnings to the customer's `email` too, by `notify.mail`"),
  exports: z.string().min(1).default(".etage/exports").describe("Folder for final exports, from the project's root; readable by you alone"),
  exportDays: z.int().min(0).max(3650).default(30).describe("How long a final export is kept after the erasure; 0: none is made"),
  certificates: z.string().min(1).default(".etage/certificates").describe("Folder for certificates of erasure, from the project's root"),
});

/** How the first password of a customer's admin gets to whoever needs it. */
export const credentials = z.union([
  z.enum(["print", "mail"], "`print`, `mail` or a command"),
  z.strictObject({ command: z.array(z.string().min(1)).min(1).describe("Program and words; gets `{\"slug\", \"url\", \"email\", \"password\"}` on standard input: `[op, item, create, -]`") }),
]);

export type Retention = z.infer<typeof retention>;
export type CredentialsChannel = z.infer<typeof credentials>;
