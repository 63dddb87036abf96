import type { Server } from "./server.ts";

/** A line to workerd's inspector, which speaks the Chrome DevTools Protocol. */
export type Inspector = { send<T>(method: string, parameters?: Record<string, unknown>): Promise<T>; close(): void };

/** A busy isolate answers between two pieces of work, and some requests never. Milliseconds. */
const PATIENCE = 5_000;

type Reply = { id?: number; result?: unknown; error?: { message: string } };

/** Opens the inspector of the server's Worker; the server must have been started with one. */
export async function openInspector(server: Server): Promise<Inspector> {
  const base = await server.miniflare.getInspectorURL();
  const list = (await (await fetch(new URL("/json/list", base.href.replace("ws:", "http:")))).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const target = list.find(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl.includes("bench")) ?? list[0];
  if (!target) throw new Error("workerd's inspector lists no isolate");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the inspector does not answer")), { once: true });
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let last = 0;
  return {
    send: <T>(method: string, params: Record<string, unknown> = {}) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        const id = last;
        const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE);
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          clearTimeout(timer);
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result as T);
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}
