import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeCode } from "../../../deploy/app-check/socket.ts";

const frame = (opcode: number, payload: Buffer): Buffer => {
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) head.set([0x80 | opcode, 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, payload]);
};
const closing = (code: number): Buffer => {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(8, payload);
};

describe("the code of a closing frame", () => {
  it("is found behind any other frames, and not before it is whole", () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.integer({ min: 1000, max: 4999 }), fc.nat(), (said, code, cut) => {
      const before = Buffer.concat(said.map((payload) => frame(1, Buffer.from(payload))));
      const whole = Buffer.concat([before, closing(code)]);
      expect(closeCode(whole)).toBe(code);
      expect(closeCode(whole.subarray(0, cut % whole.length))).toBeUndefined();
    }));
  });

  it("of a frame without one there is none", () => expect(closeCode(frame(8, Buffer.alloc(0)))).toBeUndefined());
});
