/**
 * The tenants' tables as the app reads them. Columns are always named: `select *` in a prepared statement breaks
 * ("cached plan must not change result type") when the next release's migration adds a column while this one serves.
 */
export type Role = "admin" | "member";
/** `passwordHash` null: cannot sign in. */
export interface User { id: number; email: string; name: string; role: Role; passwordHash: string | null; createdAt: Date }
/** A session, or a program's API token. */
export interface Token { id: string; hash: Buffer; kind: "session" | "api"; role: Role; name: string | null; userId: number | null; createdAt: Date; expiresAt: Date | null }
export interface Order { id: number; reference: string; status: "open" | "paid" | "shipped" | "cancelled"; currency: string; userId: number | null; createdAt: Date }
export interface OrderItem { id: number; orderId: number; product: string; quantity: number; unitPrice: number }
export interface Ticket { id: number; userId: number | null; subject: string; body: string; status: "open" | "pending" | "closed"; createdAt: Date; updatedAt: Date }
export interface Upload { id: number; name: string; contentType: string; sizeBytes: number; sha256: string; file: string; createdAt: Date }
export interface Job { id: string; kind: string; input: Record<string, unknown>; state: "waiting" | "running" | "done" | "failed"; attempts: number; result: unknown; fault: string | null; createdAt: Date; endedAt: Date | null }

export interface Tables {
  users: User;
  tokens: Token;
  orders: Order;
  orderItems: OrderItem;
  tickets: Ticket;
  uploads: Upload;
  jobs: Job;
}

export const columns: { [T in keyof Tables]: (keyof Tables[T] & string)[] } = {
  users: ["id", "email", "name", "role", "passwordHash", "createdAt"],
  tokens: ["id", "hash", "kind", "role", "name", "userId", "createdAt", "expiresAt"],
  orders: ["id", "reference", "status", "currency", "userId", "createdAt"],
  orderItems: ["id", "orderId", "product", "quantity", "unitPrice"],
  tickets: ["id", "userId", "subject", "body", "status", "createdAt", "updatedAt"],
  uploads: ["id", "name", "contentType", "sizeBytes", "sha256", "file", "createdAt"],
  jobs: ["id", "kind", "input", "state", "attempts", "result", "fault", "createdAt", "endedAt"],
};
