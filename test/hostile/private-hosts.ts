/** Private, loopback, link-local, shared and documentation addresses; clouds' metadata among them. */
export const IPV4 = [
  "127.0.0.53",
  "10.0.0.138",
  "172.20.10.1",
  "192.168.1.254",
  "169.254.170.2",
  "198.19.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.0.1",
  "192.168.255.255",
  "169.254.169.254",
  "169.254.0.1",
  "100.64.0.1",
  "100.127.255.254",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
];
export const IPV6 = [
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "fe80::1",
  "febf::1",
  "fc00::1",
  "fdff::1",
  "ff02::1",
  "fec0::1",
  "2001:db8::1",
  "100::1",
];
const NAMES = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "localhost.localdomain",
  "ip6-localhost",
  "broadcasthost",
  "router.local",
  "printer.internal",
  "metadata.google.internal",
  "metadata",
  "intranet",
  "db",
  "host.docker.internal",
  "nas.home.arpa",
  "x.lan",
  "x.corp",
  "trunkline.test",
];

/** Each address in every spelling that a URL parser takes for it. */
export function spellings(): string[] {
  const hosts = new Set<string>(NAMES);
  for (const address of IPV4) {
    const parts = address.split(".").map(Number) as [number, number, number, number];
    const [a, b, c, d] = parts;
    const number = ((a * 256 + b) * 256 + c) * 256 + d;
    const hex = (value: number) => `0x${value.toString(16)}`;
    const octal = (value: number) => `0${value.toString(8)}`;
    const group = (high: number, low: number) => (high * 256 + low).toString(16);
    const [high, low] = [group(a, b), group(c, d)];
    for (const host of [
      address,
      `${address}.`,
      String(number),
      hex(number),
      octal(number),
      parts.map(hex).join("."),
      parts.map(octal).join("."),
      `${a}.${(b * 256 + c) * 256 + d}`,
      `${a}.${b}.${c * 256 + d}`,
      `${hex(a)}.${b}.${octal(c)}.${d}`,
      Array.from(address)
        .map((letter) => `%${letter.charCodeAt(0).toString(16)}`)
        .join(""),
      Array.from(address)
        .map((letter) => (letter === "." ? "。" : String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)))
        .join(""),
      `[::ffff:${address}]`,
      `[::ffff:${high}:${low}]`,
      `[0:0:0:0:0:ffff:${address}]`,
      `[::${address}]`,
      `[64:ff9b::${address}]`,
      `[2002:${high}:${low}::]`,
      `[::ffff:0:${address}]`,
      `[64:ff9b:1::${address}]`,
    ])
      hosts.add(host);
  }
  for (const address of IPV6) for (const host of [`[${address}]`, `[${address.toUpperCase()}]`]) hosts.add(host);
  return [...hosts];
}
