import { z } from "zod";
import { within } from "./deadline";
import { readTextUpTo } from "./http/text-up-to";
import { addNewest } from "./newest";
import { SECOND, type Clock } from "./time";

/** Gives the addresses of a host name; empty when it has none or they could not be found. */
export type Resolver = (host: string) => Promise<readonly string[]>;

const dnsRecord = z.object({ type: z.number(), TTL: z.number(), data: z.string() });
const dnsReply = z.object({ Answer: z.array(dnsRecord).default([]) });

type DnsRecord = z.infer<typeof dnsRecord>;
type Answer = { addresses: readonly string[]; until: number; isSilent?: boolean };

const ENDPOINT = "https://cloudflare-dns.com/dns-query";
// RFC 1035 and RFC 3596 record types.
const TYPES = { A: 1, AAAA: 28 } as const;
const MAX_NAMES = 1_000;
/** The records of one name: a service that sends more of one answer is none. */
const MAX_REPLY = 64 * 1024;
const TIMEOUT = 2 * SECOND;
/** After so many names in a row without an answer the service is taken to be slow: nobody else waits for it as long. */
const SILENT = 5;
const TIMEOUT_WHEN_SLOW = SECOND / 4;
// A record's TTL is used within bounds: a shorter one would cost a lookup per delivery, a longer one would miss a
// rebinding.
const SHORTEST = 60 * SECOND;
const LONGEST = 300 * SECOND;
const AFTER_FAILURE = 30 * SECOND;

/**
 * Resolves with DNS over HTTPS (the JSON form of Cloudflare and Google). Caches at most a thousand names per isolate.
 * Never throws.
 */
export function dohResolver(deps: { fetch: typeof fetch; now: Clock; endpoint?: string }): Resolver {
  const known = new Map<string, Answer>();
  let silent = 0;
  return async (host) => {
    const remembered = known.get(host);
    if (remembered && remembered.until > deps.now()) return remembered.addresses;
    const answer = await lookUp(host, silent < SILENT ? TIMEOUT : TIMEOUT_WHEN_SLOW, deps);
    silent = answer.isSilent ? silent + 1 : 0;
    addNewest(known, host, answer, MAX_NAMES);
    return answer.addresses;
  };
}

async function lookUp(
  host: string,
  timeout: number,
  deps: { fetch: typeof fetch; now: Clock; endpoint?: string },
): Promise<Answer> {
  const [four, six] = await Promise.all([ask(host, "A", timeout, deps), ask(host, "AAAA", timeout, deps)]);
  const records = [...(four ?? []), ...(six ?? [])];
  const addresses = records.map((record) => record.data);
  if (!four || !six) return { addresses, until: deps.now() + AFTER_FAILURE, isSilent: !four && !six };
  const lifetime = Math.min(...records.map((record) => record.TTL * SECOND), LONGEST);
  return { addresses, until: deps.now() + Math.max(lifetime, SHORTEST) };
}

async function ask(
  host: string,
  type: keyof typeof TYPES,
  timeout: number,
  deps: { fetch: typeof fetch; endpoint?: string },
): Promise<DnsRecord[] | undefined> {
  // Called without its object: workerd's fetch must not be called as another object's method.
  const { fetch } = deps;
  const controller = new AbortController();
  const url = `${deps.endpoint ?? ENDPOINT}?name=${encodeURIComponent(host)}&type=${type}`;
  try {
    const asked = fetch(url, { headers: { accept: "application/dns-json" }, signal: controller.signal });
    const answer = await within(timeout, asked.then(readRecords));
    return answer.expired ? undefined : answer.value.filter((record) => record.type === TYPES[type]);
  } catch {
    return undefined;
  } finally {
    // After a whole answer this does nothing; after anything else it lets go of the connection.
    controller.abort();
  }
}

async function readRecords(response: Response): Promise<DnsRecord[]> {
  if (!response.ok) throw new Error(`the name service answered ${response.status}`);
  const text = await readTextUpTo(response, MAX_REPLY);
  if (text === undefined) throw new Error(`the name service sent more than ${MAX_REPLY} bytes`);
  return dnsReply.parse(JSON.parse(text)).Answer;
}
