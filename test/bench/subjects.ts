import { sendAll, type Subject } from "./burst.ts";
import { audianNotice } from "./notices.ts";
import { makeOrganization, type Organization } from "./organization.ts";
import { layOutbox } from "./outbox.ts";
import type { Server } from "./server.ts";

/** An organization has at most so many endpoints: more are several organizations', and calls go to each in turn. */
const MOST_ENDPOINTS = 50;

export const FLOOR_SECRET = "whsec_the_floor_has_a_secret_of_its_own";

/** The floor, delivering to so many receivers; like ours, about one call to no more than an organization can have. */
export function floorSubject(server: Server, endpoints: number): Subject {
  const perCall = Math.min(endpoints, MOST_ENDPOINTS);
  const firstOf = (number: number) => (number * perCall) % endpoints;
  const notice = (mark: string, number: number) =>
    audianNotice("/", FLOOR_SECRET, mark, { "x-first": String(firstOf(number)), "x-endpoints": String(perCall) });
  return {
    server,
    perCall,
    organizations: [],
    notice,
    load: async (marks) => {
      const queue = await server.miniflare.getQueueProducer("QUEUE");
      const messages = marks.map((mark, number) => ({
        first: firstOf(number),
        endpoints: perCall,
        body: notice(mark, number).body,
      }));
      return () => sendAll(queue, messages);
    },
  };
}

/** Ours, with an endpoint for each URL. `silent` are URLs of endpoints that no delivery is expected at. */
export async function oursSubject(
  server: Server,
  urls: readonly string[],
  { silent = [], shards = 1 }: { silent?: readonly string[]; shards?: number } = {},
): Promise<Subject> {
  const perCall = Math.min(urls.length, MOST_ENDPOINTS);
  const organizations: Organization[] = [];
  for (let start = 0; start < urls.length; start += perCall) {
    const group = [...urls.slice(start, start + perCall), ...silent];
    organizations.push(await makeOrganization(server, { urls: group, events: ["call.completed"], shards }));
  }
  const turn = <T>(of: readonly T[], number: number): T => of[number % of.length]!;
  return {
    server,
    perCall,
    organizations,
    notice: (mark, number) => {
      const { sourcePath, sourceSecret } = turn(organizations, number);
      return audianNotice(sourcePath, sourceSecret, mark);
    },
    load: async (marks) => {
      const calls = marks.map((mark, number) => ({ mark, organizationId: turn(organizations, number).id }));
      const nudges = await layOutbox(server, calls);
      const queue = await server.miniflare.getQueueProducer("EVENTS_QUEUE");
      return () => sendAll(queue, nudges);
    },
  };
}
