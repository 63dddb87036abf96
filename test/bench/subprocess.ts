import { fork } from "node:child_process";

type Call = { id: number; verb: string; argument: unknown };
type Reply = { id: number; value?: unknown; error?: string };

/** A helper process: asked by verb, answers once per question. */
export type Subprocess = { ask<T>(verb: string, argument?: unknown): Promise<T>; stop(): void };

/** Starts a script of this folder as a process of its own, so that its work is not ours and not the Worker's. */
export function startSubprocess(script: string): Subprocess {
  const child = fork(`${import.meta.dirname}/${script}`, {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on("message", (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) asked?.resolve(reply.value);
    else asked?.reject(new Error(reply.error));
  });
  child.once("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} ended with code ${code}`));
  });
  return {
    ask: <T>(verb: string, argument?: unknown) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve: (value) => resolve(value as T), reject });
        child.send({ id: last, verb, argument } satisfies Call);
      }),
    stop: () => void child.kill("SIGKILL"),
  };
}

/** The other side: answers the parent's questions, and ends when the parent is gone. */
export function answerParent(verbs: Record<string, (argument: never) => unknown>): void {
  process.on("message", (call: Call) => {
    void answer(verbs[call.verb], call).then((reply) => process.send?.(reply));
  });
  process.once("disconnect", () => process.exit(0));
}

async function answer(
  verb: ((argument: never) => unknown) | undefined,
  { id, verb: name, argument }: Call,
): Promise<Reply> {
  try {
    if (!verb) throw new Error(`no verb ${name}`);
    return { id, value: await verb(argument as never) };
  } catch (error) {
    return { id, error: String(error) };
  }
}
