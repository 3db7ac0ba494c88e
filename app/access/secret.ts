import { createHash, randomBytes } from "node:crypto";

/** 256 bits; the prefix lets scanners find one that was published by mistake. */
export const newSecret = (): string => `etage_${randomBytes(32).toString("base64url")}`;

/** What the database keeps of it. Quick, as nobody can guess the secret: unlike a password it needs no slow hash. */
export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
