import type { ConnectorFailure, TestStep } from "../contract";
import { addressOf } from "./address";
import { ask, type Access } from "./ask";
import { listObjects } from "./list";

/**
 * Tries what a run does, and stops at the first step that fails. Reading is tried on a file of the import path, if there
 * is one; writing and deleting, only where files are moved, with an empty object that is removed again.
 */
export async function testBucket(access: Access): Promise<TestStep[]> {
  const { import_path: from, processed_path: to } = access.settings;
  const steps: TestStep[] = [];
  const took = (step: TestStep["step"], failure: ConnectorFailure | null) => {
    steps.push({ step, failure });
    return failure === null;
  };
  const listed = await listObjects(access, from, null, 50);
  if (!took("list", listed.ok ? null : listed.error) || !listed.ok) return steps;
  const file = listed.value.files.find(({ name, size }) => size > 0 && !name.endsWith("/"));
  if (file && !took("read", await tryTo(access, file.name, "GET", { range: "bytes=0-0" }))) return steps;
  if (to === null) return steps;
  const probe = `${to}.trunkline-test`;
  if (!took("write", await tryTo(access, probe, "PUT", {}))) return steps;
  took("delete", await tryTo(access, probe, "DELETE", {}));
  return steps;
}

async function tryTo(
  access: Access,
  name: string,
  method: "GET" | "PUT" | "DELETE",
  headers: Record<string, string>,
): Promise<ConnectorFailure | null> {
  const question = { method, headers, ...(method === "PUT" && { body: "" }) };
  const answer = await ask(access, () => addressOf(access.settings, name), question);
  if (answer.ok) await answer.value.body?.cancel();
  return answer.ok ? null : answer.error;
}
