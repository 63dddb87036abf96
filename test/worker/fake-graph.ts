import { sineWav } from "./sine-wav";

type Node = {
  id: string;
  name: string;
  parent: string;
  bytes: Uint8Array<ArrayBuffer> | null;
  cTag: string;
  at: number;
  deleted: boolean;
  /** The change it was last part of. */
  change: number;
};

const TOKEN_LIFE = 3_600;

/**
 * Microsoft's sign-in and Graph, as their documents say: rotating refresh tokens, delta in pages with links, 410 with a
 * new place, links to bytes that need no token, conditional moves, errors as Graph words them.
 */
export function fakeGraph(
  now: () => number,
  hosts = { login: "login.microsoftonline.com", graph: "graph.microsoft.com" },
) {
  const nodes = new Map<string, Node>([
    ["root", { id: "root", name: "root", parent: "", bytes: null, cTag: "c", at: 0, deleted: false, change: 0 }],
  ]);
  const subscriptions = new Map<string, Record<string, string>>();
  const asked: string[] = [];
  let [changes, ids, tokens, pageSize] = [0, 0, 0, 200];
  /** The refresh tokens that were given, and the one of a sign-in to come. */
  let refresh = new Set<string>();
  let access = new Map<string, number>();
  let scope = "Files.ReadWrite.All offline_access";
  let appOnly = false;
  let oldest = 0;
  let childrenFirst = false;
  let instead: (method: string, url: URL, request: Request) => Response | undefined = () => undefined;

  const touch = (node: Node) => {
    changes += 1;
    node.change = changes;
    return node;
  };
  const childOf = (parent: string, name: string) =>
    [...nodes.values()].find(
      (one) => !one.deleted && one.parent === parent && one.name.toLowerCase() === name.toLowerCase(),
    );
  function add(parent: string, name: string, bytes: Uint8Array<ArrayBuffer> | null): Node {
    ids += 1;
    const node = {
      id: `01ID${ids}`,
      name,
      parent,
      bytes,
      cTag: `"c:{${ids}},1"`,
      at: now(),
      deleted: false,
      change: 0,
    };
    nodes.set(node.id, node);
    return touch(node);
  }
  function folder(path: string): Node {
    let at = nodes.get("root")!;
    for (const part of path.split("/").filter((one) => one !== "")) at = childOf(at.id, part) ?? add(at.id, part, null);
    return at;
  }
  function put(path: string, bytes: Uint8Array<ArrayBuffer> | string = sineWav(1)): Node {
    const given = Uint8Array.from(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    const cut = path.lastIndexOf("/");
    const at = folder(path.slice(0, Math.max(cut, 0)));
    const known = childOf(at.id, path.slice(cut + 1));
    if (!known) return add(at.id, path.slice(cut + 1), given);
    changes += 1;
    Object.assign(known, { bytes: given, cTag: `"c:{${known.id}},${changes}"`, at: now(), change: changes });
    return known;
  }
  function pathOf(node: Node): string {
    const above = nodes.get(node.parent);
    return above && above.id !== "root" ? `${pathOf(above)}/${node.name}` : node.name;
  }
  const depthOf = (node: Node): number => (node.parent === "" ? 0 : 1 + depthOf(nodes.get(node.parent)!));
  const files = () =>
    [...nodes.values()].filter(({ bytes, deleted }) => bytes !== null && !deleted).map((one) => pathOf(one));

  function view(node: Node): object {
    const { id, name, parent, bytes, cTag, at } = node;
    if (node.deleted) return { id, deleted: { state: "deleted" }, parentReference: { id: parent } };
    return {
      id,
      name,
      size: bytes?.length ?? 0,
      cTag,
      eTag: `"{${id}},9"`,
      lastModifiedDateTime: new Date(at).toISOString(),
      parentReference: { driveId: "d1", id: parent },
      ...(bytes ? { file: { mimeType: "audio/wav" } } : { folder: { childCount: 1 } }),
    };
  }
  const list = (found: Node[], at: number, more: (next: number) => string, end: object) => {
    const next = at + pageSize;
    const isMore = next < found.length;
    return Response.json({
      value: found.slice(at, next).map(view),
      ...(isMore ? { "@odata.nextLink": more(next) } : end),
    });
  };

  async function login(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const wrong = (error: string, number: number) =>
      Response.json(
        { error, error_description: `AADSTS${number}: refused.` },
        { status: error === "invalid_client" ? 401 : 400 },
      );
    if (form.get("client_secret") !== "secret") return wrong("invalid_client", 7_000_215);
    if (form.get("client_id") !== "app") return wrong("unauthorized_client", 700_016);
    const grant = form.get("grant_type");
    if (grant === "refresh_token" && !refresh.has(form.get("refresh_token") ?? ""))
      return wrong("invalid_grant", 700_082);
    if (grant === "authorization_code" && form.get("code") !== "code-of-ana") return wrong("invalid_grant", 9_002_313);
    if (grant === "client_credentials" && !appOnly) return wrong("unauthorized_client", 700_016);
    tokens += 1;
    access.set(`at-${tokens}`, now() + TOKEN_LIFE * 1_000);
    const isApp = grant === "client_credentials";
    // One that was used works until the one that came for it is used: stricter than Microsoft, which only may revoke it.
    if (!isApp) refresh = new Set([form.get("refresh_token") ?? "", `rt-${tokens}`]);
    return Response.json({
      token_type: "Bearer",
      expires_in: TOKEN_LIFE,
      access_token: `at-${tokens}`,
      ...(!isApp && { refresh_token: `rt-${tokens}`, scope }),
    });
  }

  async function graph(request: Request, url: URL): Promise<Response> {
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    if ((access.get(token) ?? 0) <= now()) return graphError(401, "InvalidAuthenticationToken");
    if (url.pathname.startsWith("/v1.0/subscriptions")) return subscribe(request, url);
    const path = decodeURIComponent(url.pathname).replace(
      /^\/v1\.0\/(me\/drive|users\/[^/]+\/drive|drives\/[^/]+)/,
      "",
    );
    const skip = Number(url.searchParams.get("$skiptoken") ?? 0);
    const link = (name: string, value: string | number) => {
      const to = new URL(url);
      to.search = "";
      to.searchParams.set(name, String(value));
      return to;
    };
    if (path === "/root/delta") {
      const since = Number(url.searchParams.get("token") ?? 0);
      if (since > 0 && since < oldest) {
        const fresh = new URL(url);
        fresh.search = "";
        return graphError(410, "resyncChangesApplyDifferences", { location: fresh.href });
      }
      const found = [...nodes.values()]
        .filter((one) => one.change > since && (since > 0 || !one.deleted))
        .toSorted((one, other) =>
          childrenFirst && since === 0 ? depthOf(other) - depthOf(one) : one.change - other.change,
        );
      const more = (next: number) => {
        const to = link("$skiptoken", next);
        to.searchParams.set("token", String(since));
        return to.href;
      };
      return list(found, skip, more, { "@odata.deltaLink": link("token", Math.max(changes, 1)).href });
    }
    const [, id = "", rest = ""] = /^\/items\/([^/]+)(\/children)?$/.exec(path) ?? [];
    const named = /^\/root(?::\/(.*?):?)?$/.exec(path);
    let node = named ? nodes.get("root") : nodes.get(id);
    for (const part of named?.[1]?.split("/") ?? []) node = node && childOf(node.id, part);
    if (!node || node.deleted) return graphError(404, "itemNotFound");
    if (rest === "/children" && request.method === "GET") {
      const found = [...nodes.values()].filter((one) => one.parent === id && !one.deleted);
      return list(found, skip, (next) => link("$skiptoken", next).href, {});
    }
    const isReading = request.method === "GET";
    if (!isReading && !/ReadWrite/.test(scope)) return graphError(403, "accessDenied");
    if (rest === "/children") {
      const { name } = await request.json<{ name: string }>();
      return childOf(id, name)
        ? graphError(409, "nameAlreadyExists")
        : Response.json(view(add(id, name, null)), { status: 201 });
    }
    if (isReading)
      return Response.json({
        ...view(node),
        "@microsoft.graph.downloadUrl": `https://acme.sharepoint.test/${node.id}?tempauth=x`,
      });
    if (request.headers.get("if-match") !== node.cTag) return graphError(412, "preconditionFailed");
    const wanted = await request.json<{ parentReference: { id: string }; name: string }>();
    const isTaken = childOf(wanted.parentReference.id, wanted.name);
    node.name = isTaken && isTaken !== node ? wanted.name.replace(/(\.[^.]+)$/, " 1$1") : wanted.name;
    node.parent = wanted.parentReference.id;
    return Response.json(view(touch(node)));
  }

  async function subscribe(request: Request, url: URL): Promise<Response> {
    const body = await request.json<Record<string, string>>();
    const known = subscriptions.get(url.pathname.split("/").at(-1) ?? "");
    if (request.method === "PATCH" && !known) return graphError(404, "ResourceNotFound");
    const at = Date.parse(body["expirationDateTime"] ?? "");
    if (!(at <= now() + 42_300 * 60_000)) return graphError(400, "InvalidRequest");
    const id = known?.["id"] ?? `sub-${subscriptions.size + 1}`;
    subscriptions.set(id, { ...known, ...body, id });
    return Response.json({ id, ...subscriptions.get(id) }, { status: known ? 200 : 201 });
  }

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    asked.push(`${request.method} ${decodeURIComponent(url.pathname)}`);
    const other = instead(request.method, url, request);
    if (other) return other;
    if (hosts.login === url.host) return login(request);
    if (hosts.graph === url.host) return graph(request, url);
    const node = nodes.get(url.pathname.slice(1));
    if (!node?.bytes || request.headers.has("authorization")) return new Response("", { status: 401 });
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? -1);
    return from < 0 ? new Response(node.bytes) : new Response(node.bytes.slice(from), { status: 206 });
  }

  return {
    fetch,
    asked,
    put,
    folder,
    files,
    remove: (path: string) => void (touch(put(path)).deleted = true),
    clear: () => {
      for (const node of nodes.values()) if (node.id !== "root" && !node.deleted) touch(node).deleted = true;
    },
    move: (node: Node, to: string, name = node.name) => {
      Object.assign(node, { parent: folder(to).id, name });
      touch(node);
    },
    /** A list of everything has what lies in a folder before the folder. */
    listChildrenFirst: () => void (childrenFirst = true),
    read: (path: string) => [...nodes.values()].find((one) => !one.deleted && one.bytes && pathOf(one) === path)?.bytes,
    inPagesOf: (size: number) => void (pageSize = size),
    grant: (granted: string) => void (scope = granted),
    grantToApplication: () => void (appOnly = true),
    /** All places in the list of changes so far are forgotten. */
    forgetChanges: () => void (oldest = changes + 1),
    revoke: () => {
      refresh = new Set();
      access = new Map();
    },
    answerWith: (given: typeof instead) => void (instead = given),
    subscriptions,
    refreshTokens: () => [...refresh],
  };
}

export function graphError(status: number, code: string, headers: Record<string, string> = {}): Response {
  const innerError = { "request-id": "6f2b0000-0000-0000-0000-000000000000", date: "2026-08-20T14:00:00" };
  return Response.json(
    { error: { code, message: "refused", innerError } },
    { status, headers: { "request-id": innerError["request-id"], ...headers } },
  );
}
