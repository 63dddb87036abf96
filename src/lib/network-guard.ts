import { isAddress, specialRange } from "./ip-address";
import type { Resolver } from "./name-resolver";
import { err, ok, type Result } from "./result";

/** What a deployment allows in URLs given by tenants. */
export type GuardPolicy = {
  /** Allows loopback and private addresses, plain http and any port. For local development only. */
  allowPrivateAddresses: boolean;
  /** The host names of this deployment. A tenant's URL there would make it call itself. */
  ownHosts: readonly string[];
  /** A DNS check of names. Advisory only, because a Worker cannot connect to the address that it looked up. */
  resolve?: Resolver;
  /** Plain http to public addresses, if the tenant allowed it. */
  allowHttp?: boolean;
};

export type BlockedUrl = {
  reason:
    | "unreadable"
    | "scheme"
    | "credentials"
    | "port"
    | "address"
    | "local_name"
    | "own_host"
    | "resolves_to"
    | "no_address";
  /** For the person who gave the URL. Names at most the host, never the query or the password. */
  message: string;
};

// Pre-signed links with session tokens reach about 3 kB.
const MAX_LENGTH = 8192;

// Suffixes of local names: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, and common private habits.
const LOCAL_SUFFIXES = [
  "localhost",
  "local",
  "internal",
  "home.arpa",
  "localdomain",
  "lan",
  "intranet",
  "corp",
  "home",
  "private",
];

// The Fetch standard's "bad ports", and ports of databases, caches and control interfaces that it leaves out.
const BLOCKED_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 445, 873, 1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389,
  5432, 5672, 5900, 6379, 6380, 9042, 10250, 11211, 27017, 27018,
]);

/**
 * Checks every URL given by a tenant: when it is saved, tested and used, including every redirect. Fetch the URL it
 * returns, never the original text.
 */
export async function checkUrl(url: string | URL, policy: GuardPolicy): Promise<Result<URL, BlockedUrl>> {
  const text = String(url);
  if (text.length > MAX_LENGTH) return blocked("unreadable", `the URL is longer than ${MAX_LENGTH} characters`);
  // The parser also normalises other spellings: decimal, hex and octal IPv4, percent escapes, full-width digits.
  const parsed = URL.parse(text);
  if (!parsed) return blocked("unreadable", "this is not a URL");
  const shape = checkShape(parsed, policy);
  if (shape) return err(shape);
  if (policy.allowPrivateAddresses) return ok(parsed);
  const host = parsed.hostname.replace(/\.+$/, "");
  const place = checkPlace(host, parsed.port, policy.ownHosts);
  if (place) return err(place);
  if (policy.resolve && !isAddress(host)) {
    const answer = await checkAnswers(host, policy.resolve);
    if (answer) return err(answer);
  }
  return ok(parsed);
}

/**
 * Checks a host that is spoken to over a plain connection, as `checkUrl` does for URLs. Gives the address to connect to:
 * the one that was looked up and checked, so that the name cannot lead elsewhere a moment later.
 */
export async function checkHost(
  host: string,
  port: number,
  usualPort: number,
  policy: GuardPolicy,
): Promise<Result<string, BlockedUrl>> {
  const name = host.replace(/\.+$/, "").toLowerCase();
  if (policy.allowPrivateAddresses) return ok(name);
  const place = checkPlace(name, port === usualPort ? "" : String(port), policy.ownHosts);
  if (place) return err(place);
  if (isAddress(name) || !policy.resolve) return ok(name);
  const addresses = await policy.resolve(name).catch(() => []);
  for (const address of addresses) {
    const range = specialRange(address);
    if (range) return blocked("resolves_to", `${name} leads to ${address}, which is not public (${range})`);
  }
  const [first] = [...addresses.filter((address) => !address.includes(":")), ...addresses];
  return first === undefined ? blocked("no_address", `${name} has no address that could be found`) : ok(first);
}

function checkShape(url: URL, policy: GuardPolicy): BlockedUrl | undefined {
  const httpAllowed = policy.allowPrivateAddresses || policy.allowHttp === true;
  if (url.protocol !== "https:" && !(url.protocol === "http:" && httpAllowed)) {
    return { reason: "scheme", message: `the URL must begin with https://, not ${url.protocol}` };
  }
  if (url.username !== "" || url.password !== "") {
    return { reason: "credentials", message: "a user name or password may not be part of the URL" };
  }
  if (url.hostname.replace(/\.+$/, "") === "") return { reason: "unreadable", message: "the URL names no host" };
  return undefined;
}

function checkPlace(host: string, port: string, ownHosts: readonly string[]): BlockedUrl | undefined {
  if (port !== "" && BLOCKED_PORTS.has(Number(port))) {
    return { reason: "port", message: `port ${port} is not one that web servers use` };
  }
  const range = specialRange(host);
  if (range) return { reason: "address", message: `${host} is not a public address (${range})` };
  if (isAddress(host)) return undefined;
  const local = LOCAL_SUFFIXES.find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (local) return { reason: "local_name", message: `${host} is a name of a private network` };
  if (!host.includes(".")) return { reason: "local_name", message: `${host} is not a full domain name` };
  if (isOwnHost(host, ownHosts)) return { reason: "own_host", message: `${host} is this service itself` };
  return undefined;
}

function isOwnHost(host: string, ownHosts: readonly string[]): boolean {
  return ownHosts.some((entry) => {
    const own = entry.toLowerCase().replace(/:\d+$/, "").replace(/\.+$/, "");
    if (host === own) return true;
    // Versions and previews of a Worker have sibling names under the account's workers.dev name.
    const account = /[^.]+\.workers\.dev$/.exec(own)?.[0];
    return account !== undefined && host.endsWith(`.${account}`);
  });
}

async function checkAnswers(host: string, resolve: Resolver): Promise<BlockedUrl | undefined> {
  // Without an answer the URL passes: a third party's DNS must not decide whether calls are delivered.
  const addresses = await resolve(host).catch(() => []);
  for (const address of addresses) {
    const range = specialRange(address);
    if (range) return { reason: "resolves_to", message: `${host} leads to ${address}, which is not public (${range})` };
  }
  return undefined;
}

function blocked(reason: BlockedUrl["reason"], message: string): Result<never, BlockedUrl> {
  return err({ reason, message });
}
