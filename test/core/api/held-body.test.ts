import { describe, it } from "vitest";
import { heldBody } from "../../../src/api/events/body";

/** A socket in hand: what it is told, and what comes through it. */
function socketInHand() {
  const listeners = new Map<string, (event: { data: string }) => void>();
  const closed: number[] = [];
  const socket = {
    accept: () => undefined,
    addEventListener: (name: string, listener: (event: { data: string }) => void) => void listeners.set(name, listener),
    close: (code: number) => void closed.push(code),
  } as unknown as WebSocket;
  const push = (event: string, data: unknown, id: number | null = null) =>
    listeners.get("message")?.({ data: JSON.stringify({ id, event, data: JSON.stringify(data) }) });
  return { socket, closed, push, end: () => listeners.get("close")?.({ data: "" }) };
}

describe("a response that is held", () => {
  it("has each event with its number, one line of data, and ends with its socket", async ({ expect }) => {
    const { socket, push, end, closed } = socketInHand();
    const body = heldBody(socket);
    push("ready", { listener: "lst_1" });
    push("call.completed", { text: "two\nlines" }, 7);
    end();
    expect(await new Response(body).text()).toBe(
      'retry: 1000\n\nevent: ready\ndata: {"listener":"lst_1"}\n\nid: 7\nevent: call.completed\ndata: {"text":"two\\nlines"}\n\n',
    );
    expect(closed).toEqual([1000]);
  });

  it("ends for who reads too slowly, with whole events, and holds no more than it may", async ({ expect }) => {
    const { socket, push, closed } = socketInHand();
    const body = heldBody(socket);
    const large = "x".repeat(1024 * 1024);
    for (let number = 1; number <= 20; number += 1) push("call.completed", large, number);
    expect(closed).toEqual([1013]);
    const text = await new Response(body).text();
    const numbers = [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeLessThan(10);
    expect(text.endsWith("\n\n")).toBe(true);
  });

  it("leaves its socket when the listener is gone, and writes nothing after", async ({ expect }) => {
    const { socket, push, closed } = socketInHand();
    const reader = heldBody(socket).getReader();
    await reader.read();
    await reader.cancel();
    expect(closed).toEqual([1001]);
    push("call.completed", {}, 1);
    expect(closed).toEqual([1001]);
  });
});
