import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, TestStep } from "../contract";
import { listFiles } from "./list";
import { makeFolders } from "./move-file";
import { inSession, type SftpAccess } from "./session";

const PROBE = ".trunkline-test";

/** Tries what a look does, up to the first step that fails. What it writes it removes again. */
export async function testServer(access: SftpAccess): Promise<TestStep[]> {
  const { import_path: from, processed_path: to } = access.settings;
  const steps: TestStep[] = [];
  const took = (step: TestStep["step"], { ok: isDone, error }: { ok: boolean; error?: ConnectorFailure }) => {
    steps.push({ step, failure: isDone ? null : (error ?? null) });
    return isDone;
  };
  const listed = await listFiles({ access, from, known: null }, null);
  if (!took("list", listed) || !listed.ok) return steps;
  const apart = to === null ? ok(undefined) : await areApart(access, from, to);
  const file = listed.value.files.find(({ size, refusal }) => size > 0 && refusal === undefined);
  const read = await inSession(access, async (session) => {
    if (!file) return;
    const handle = await session.open(file.name);
    await session.read(handle, 0, 1);
    await session.closeFile(handle);
  });
  if (file && !took("read", read)) return steps;
  if (to === null) return steps;
  if (!apart.ok) return [...steps, { step: "write", failure: apart.error }];
  const write = await inSession(access, async (session) => {
    await makeFolders(session, to);
    await session.create(`${to}${PROBE}`);
  });
  if (took("write", write)) took("delete", await inSession(access, (session) => session.remove(`${to}${PROBE}`)));
  return steps;
}

/** Whether both paths are different folders once the server has followed the links in them. */
async function areApart(access: SftpAccess, from: string, to: string): Promise<Result<void, ConnectorFailure>> {
  const real = await inSession(access, async (session) => {
    await makeFolders(session, to);
    return Promise.all([from || ".", to].map(async (path) => `${await session.realPath(path)}/`));
  });
  if (!real.ok) return real;
  const [one = "", other = ""] = real.value;
  if (!other.startsWith(one)) return ok(undefined);
  return err({
    code: "storage_error",
    detail: `${to} lies inside ${from || "."} on the server: files would be found again`,
  });
}
