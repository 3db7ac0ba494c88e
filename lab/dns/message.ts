/** One DNS message in, one out. */
import * as packet from "dns-packet";
import type { Store } from "../cloudflare/store.ts";
import { resolve } from "./resolve.ts";

// EDNS bigger than this is cut in practice by networks on the way (DNS flag day 2020).
const largestUdp = 1232;
const codes: Record<string, number> = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

/** The answer to `message`, or undefined when it is no question at all. `transport` decides how long it may be. */
export function answer(store: Store, message: Buffer, edge: string, transport: "udp" | "tcp"): Buffer | undefined {
  // Shorter than a header, or itself an answer: silence, or two servers could talk for ever.
  if (message.length < 12 || message[2]! & 0x80) return undefined;
  const id = message.readUInt16BE(0);
  let query: packet.DecodedPacket;
  try {
    query = packet.decode(message);
  } catch {
    return packet.encode({ type: "response", id, flags: codes.FORMERR! });
  }
  const question = query.questions?.[0];
  const recursionDesired = (query.flags ?? 0) & packet.RECURSION_DESIRED;
  // Opcode 0 is a query; updates and notifications are not for us.
  if (((message[2]! >> 3) & 0xf) !== 0) return packet.encode({ type: "response", id, flags: codes.NOTIMP! });
  if (!question || query.questions!.length !== 1) return packet.encode({ type: "response", id, flags: codes.FORMERR! });

  const edns = query.additionals?.find((extra): extra is packet.OptAnswer => extra.type === "OPT");
  const isServed = (question.class ?? "IN") === "IN" && !["AXFR", "IXFR"].includes(question.type);
  const result = isServed
    ? resolve(store, question.name, question.type, edge)
    : { code: "REFUSED" as const, authoritative: false, answers: [], authorities: [] };
  const reply: packet.Packet = {
    type: "response",
    id,
    flags: codes[result.code]! | recursionDesired | (result.authoritative ? packet.AUTHORITATIVE_ANSWER : 0),
    questions: [question],
    answers: result.answers,
    authorities: result.authorities,
    ...(edns ? { additionals: [opt()] } : {}),
  };
  const bytes = packet.encode(reply);
  const room = transport === "tcp" ? 65535 : edns ? Math.min(largestUdp, Math.max(512, edns.udpPayloadSize)) : 512;
  if (bytes.length <= room) return bytes;
  // Truncated and empty: the client comes again over TCP.
  return packet.encode({ ...reply, flags: reply.flags! | packet.TRUNCATED_RESPONSE, answers: [], authorities: [] });
}

function opt(): packet.OptAnswer {
  return { type: "OPT", name: ".", udpPayloadSize: largestUdp, flags: 0, options: [] } as unknown as packet.OptAnswer;
}
