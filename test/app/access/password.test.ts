import { describe, expect, it } from "vitest";
import { hashPassword, isPassword, newPassword } from "../../../app/access/password.ts";

describe("passwords", () => {
  it("fit their own hash and no other's, and letters in two spellings are one", async () => {
    const hash = await hashPassword("Zoë's password");
    expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
    expect(await isPassword("Zoe\u0308's password", hash)).toBe(true);
    expect(await isPassword("Zoe's password", hash)).toBe(false);
    expect(await isPassword("", null)).toBe(false);
    expect(await hashPassword("Zoë's password")).not.toBe(hash);
  });

  it("hashes of another cost are still understood", async () => {
    // RFC 7914's third example, with r, p and N of its own.
    expect(await isPassword("pleaseletmein", `scrypt$16384$8$1$${Buffer.from("SodiumChloride").toString("base64url")}$${Buffer.from("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2", "hex").toString("base64url")}`)).toBe(true);
  });

  it("new ones are long and hard to misread", () => {
    const all = Array.from({ length: 500 }, newPassword);
    expect(new Set(all).size).toBe(500);
    for (const each of all) expect(each).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  });
});
