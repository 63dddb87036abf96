import { linesOf, type ReceiverParts } from "./contract";

/** Node 18 or later, nothing to install. */
export function node({ form, header, timestamp, window }: ReceiverParts): string {
  const standard = form === "standard";
  return linesOf([
    "// SECRET=… node receive.mjs",
    'import { createHmac, timingSafeEqual } from "node:crypto";',
    'import { createServer } from "node:http";',
    "",
    standard
      ? 'const key = Buffer.from(process.env.SECRET.replace("whsec_", ""), "base64");'
      : "const key = process.env.SECRET;",
    "",
    "function isGenuine(headers, body) {",
    timestamp !== null && `  const time = headers["${timestamp.toLowerCase()}"] ?? "";`,
    window !== null && `  if (!(Math.abs(Date.now() / 1000 - Number(time)) <= ${window})) return false;`,
    '  const sum = createHmac("sha256", key);',
    standard && '  sum.update(`${headers["webhook-id"]}.${time}.`);',
    !standard && timestamp !== null && "  sum.update(`${time}.`);",
    standard
      ? '  const expected = Buffer.from(`v1,${sum.update(body).digest("base64")}`);'
      : '  const expected = Buffer.from(sum.update(body).digest("hex"));',
    `  return (headers["${header.toLowerCase()}"] ?? "")`,
    '    .split(" ")',
    "    .map((one) => Buffer.from(one))",
    "    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));",
    "}",
    "",
    "createServer(async (request, response) => {",
    "  const chunks = [];",
    "  for await (const chunk of request) chunks.push(chunk);",
    "  const body = Buffer.concat(chunks);",
    "  if (!isGenuine(request.headers, body)) return response.writeHead(401).end();",
    "  // Store it here; the work comes after the answer. A delivery can come twice: keep its id.",
    '  console.log(request.headers["trunkline-delivery"], body.toString());',
    "  response.writeHead(204).end();",
    '}).listen(Number(process.env.PORT ?? 9000), "127.0.0.1");',
  ]);
}
