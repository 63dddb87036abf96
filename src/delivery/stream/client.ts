import type { within } from "../../lib/deadline";
import { SECOND } from "../../lib/time";
import { partsOf, persist } from "../object/client";
import { LONGEST_WAIT } from "../patience";
import type { Listener } from "./listener";
import type { EventStream } from "./object";
import type { NewEvent } from "./storage";

/** The streams of all organizations. These calls throw only when the platform fails. */
export type EventStreams = {
  /** Joins a listener, who hears what comes after the number; null when the organization has as many as it may. */
  join(organizationId: string, listener: Listener, after: string | null): Promise<WebSocket | null>;
  publish(organizationId: string, events: readonly NewEvent[]): Promise<void>;
  /** Forgets what is kept of these calls. */
  erase(organizationId: string, streams: readonly string[]): Promise<void>;
};

/** One that gives no answer counts as one that failed: whoever hands over events goes on. */
export function eventStreams(namespace: DurableObjectNamespace<EventStream>, wait: typeof within): EventStreams {
  // A stub that has failed stays broken, so each call takes a new one.
  const stubOf = (organizationId: string) => namespace.getByName(organizationId);
  async function publishAll(organizationId: string, events: readonly NewEvent[]): Promise<void> {
    for (const part of partsOf(events))
      await persist(async () => {
        await stubOf(organizationId).publish(organizationId, part);
      });
  }

  return {
    join: async (organizationId, listener, after) => {
      if (!(await persist(async () => stubOf(organizationId).admit(organizationId, listener)))) return null;
      const query = new URLSearchParams({ organization: organizationId, listener: listener.id });
      if (after !== null) query.set("after", after);
      const answer = await stubOf(organizationId).fetch(`https://stream.invalid/?${query.toString()}`, {
        headers: { upgrade: "websocket" },
      });
      if (!answer.webSocket) throw new Error(`the stream of ${organizationId} answered ${answer.status}`);
      return answer.webSocket;
    },
    erase: (organizationId, streams) => persist(async () => stubOf(organizationId).erase(streams)),
    publish: async (organizationId, events) => {
      const end = await wait(LONGEST_WAIT, publishAll(organizationId, events));
      if (end.expired) throw new Error(`the stream gave no answer within ${LONGEST_WAIT / SECOND} s`);
    },
  };
}
