type Range = [network: number, bits: number, name: string];

// IANA IPv4 Special-Purpose Address Registry, plus multicast and Azure's metadata address.
const IPV4_RANGES: readonly Range[] = [
  [ipv4(0, 0, 0, 0), 8, "this network"],
  [ipv4(10, 0, 0, 0), 8, "private"],
  [ipv4(100, 64, 0, 0), 10, "carrier-grade NAT"],
  [ipv4(127, 0, 0, 0), 8, "loopback"],
  [ipv4(168, 63, 129, 16), 32, "cloud metadata"],
  [ipv4(169, 254, 0, 0), 16, "link-local"],
  [ipv4(172, 16, 0, 0), 12, "private"],
  [ipv4(192, 0, 0, 0), 24, "reserved"],
  [ipv4(192, 0, 2, 0), 24, "documentation"],
  [ipv4(192, 88, 99, 0), 24, "6to4 relay"],
  [ipv4(192, 168, 0, 0), 16, "private"],
  [ipv4(198, 18, 0, 0), 15, "benchmarking"],
  [ipv4(198, 51, 100, 0), 24, "documentation"],
  [ipv4(203, 0, 113, 0), 24, "documentation"],
  [ipv4(224, 0, 0, 0), 4, "multicast"],
  [ipv4(240, 0, 0, 0), 4, "reserved"],
];

/**
 * The kind of special address ("loopback", "private", …); undefined for a public one and for what is no address. Takes
 * dotted IPv4 and any spelling of IPv6, with or without brackets.
 */
export function specialRange(address: string): string | undefined {
  const four = parseIpv4(address);
  if (four !== undefined) return specialIpv4(four);
  const groups = parseIpv6(address);
  return groups ? specialIpv6(groups) : undefined;
}

/** Whether the text is an IP address. The URL parser has already normalised hosts in other bases. */
export function isAddress(host: string): boolean {
  return parseIpv4(host) !== undefined || parseIpv6(host) !== undefined;
}

/**
 * The network under which an address is counted: IPv4 as it is, IPv6 as its /64, which one host commonly owns
 * completely.
 */
export function networkOf(address: string): string {
  const groups = parseIpv6(address);
  // IPv6 addresses that embed an IPv4 address must not all count as one network.
  if (!groups || groups.slice(0, 4).every((group) => group === 0)) return address.slice(0, 100);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

function specialIpv4(address: number): string | undefined {
  return IPV4_RANGES.find(([network, bits]) => address >= network && address < network + 2 ** (32 - bits))?.[2];
}

// Only 2000::/3 is routed, so everything else is special, including embedded IPv4 (mapped, compatible, NAT64): such an
// address would reach the IPv4 address inside it.
function specialIpv6(groups: readonly number[]): string | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0, eighth = 0] = groups;
  if (first >> 13 === 1) {
    if (first === 0x2001 && second < 0x200) return second === 0 ? "Teredo" : "reserved";
    if (first === 0x2001 && second === 0xdb8) return "documentation";
    if (first === 0x2002) return "6to4";
    return first === 0x3fff && second < 0x1000 ? "documentation" : undefined;
  }
  if (first >> 9 === 0x7e) return "private";
  if (first >> 6 === 0x3fa) return "link-local";
  if (first >> 8 === 0xff) return "multicast";
  if (first === 0x64 && second === 0xff9b) return "NAT64";
  if ([first, second, third, fourth, fifth].some((group) => group !== 0)) return "reserved";
  if (sixth === 0xffff) return "IPv4-mapped";
  if (sixth === 0 && seventh === 0 && eighth <= 1) return eighth === 1 ? "loopback" : "unspecified";
  return sixth === 0 ? "IPv4-compatible" : "reserved";
}

function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return ipv4(bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0);
}

function ipv4(a: number, b: number, c: number, d: number): number {
  return ((a * 256 + b) * 256 + c) * 256 + d;
}

function parseIpv6(text: string): number[] | undefined {
  // A zone ("%eth0") names an interface and does not change the address.
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!bare.includes(":")) return undefined;
  const halves = bare.split("::");
  const head = parseGroups(halves[0] ?? "");
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "") : [];
  if (halves.length > 2 || !head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (embedded !== undefined) groups.push(Math.floor(embedded / 65536), embedded % 65536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
