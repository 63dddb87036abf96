import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, TestStep } from "../contract";
import { listFiles } from "./list";
import { makeFolders } from "./move-file";
import type { FolderServer } from "./server";

const PROBE = ".trunkline-test";

/** Tries what a look does, up to the first step that fails. What it writes it removes again. */
export async function testServer(server: FolderServer): Promise<TestStep[]> {
  const { from, to } = server;
  const steps: TestStep[] = [];
  const took = (step: TestStep["step"], { ok: isDone, error }: { ok: boolean; error?: ConnectorFailure }) => {
    steps.push({ step, failure: isDone ? null : (error ?? null) });
    return isDone;
  };
  const listed = await listFiles({ server, known: null }, null);
  if (!took("list", listed) || !listed.ok) return steps;
  const apart = to === null ? ok(undefined) : await areApart(server, from, to);
  const file = listed.value.files.find(({ size, refusal }) => size > 0 && refusal === undefined);
  if (file && !took("read", await server.inSession((session) => session.readFirst(file.name)))) return steps;
  if (to === null) return steps;
  if (!apart.ok) return [...steps, { step: "write", failure: apart.error }];
  const write = await server.inSession(async (session) => {
    await makeFolders(session, to);
    await session.create(`${to}${PROBE}`);
  });
  if (took("write", write)) took("delete", await server.inSession((session) => session.remove(`${to}${PROBE}`)));
  return steps;
}

/** Whether both paths are different folders once the server has followed the links in them. */
async function areApart(server: FolderServer, from: string, to: string): Promise<Result<void, ConnectorFailure>> {
  const real = await server.inSession(async (session) => {
    await makeFolders(session, to);
    // One behind the other: over FTP, a folder is found out by going into it.
    const one = await session.realPath(from || ".");
    return [`${one}/`, `${await session.realPath(to)}/`];
  });
  if (!real.ok) return real;
  const [one = "", other = ""] = real.value;
  if (!other.startsWith(one)) return ok(undefined);
  return err({
    code: "storage_error",
    detail: `${to} lies inside ${from || "."} on the server: files would be found again`,
  });
}
