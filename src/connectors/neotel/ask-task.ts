import { within } from "../../lib/deadline";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure, StorageDeps } from "../contract";
import { isPlainXml, readElement } from "../read-xml";
import { clockOf, filled } from "../../../tools/bridge/clock.js";
import type { Row } from "./row";
import type { NeotelSettings } from "./settings";

const PATIENCE = 60 * SECOND;
const MAX_ANSWER = 16 * 1024 * 1024;

export type Span = { from: number; to: number };

/**
 * The rows of one span of time, as a task of the customer's Neotel gives them: `ExecuteTaskNN`, NN being the count of
 * parameters, answers with JSON inside of an XML string.
 */
export async function askTask(
  settings: NeotelSettings,
  credentials: Readonly<Record<string, string>>,
  { fetch, guardPolicy }: Pick<StorageDeps, "fetch" | "guardPolicy">,
  span: Span,
): Promise<Result<Row[], ConnectorFailure>> {
  const url = taskUrl(settings, span);
  const checked = await checkUrl(url, guardPolicy);
  if (!checked.ok) return err({ code: "blocked", detail: checked.error.message });
  const { api_user: user = "", api_password: password = "" } = credentials;
  const headers: Record<string, string> = { accept: "text/xml, application/xml" };
  if (user !== "") headers["authorization"] = `Basic ${base64(`${user}:${password}`)}`;
  const controller = new AbortController();
  try {
    const asked = fetch(checked.value.href, { headers, redirect: "manual", signal: controller.signal }).then(
      async (answer) => ({ answer, text: await readTextUpTo(answer, MAX_ANSWER) }),
    );
    const answered = await within(PATIENCE, asked);
    if (answered.expired) {
      controller.abort();
      asked.catch(() => undefined);
      return err({
        code: "neotel_unreachable",
        detail: `${url.host} did not answer within ${PATIENCE / SECOND} seconds`,
      });
    }
    return rowsIn(url.host, answered.value.answer, answered.value.text);
  } catch {
    return err({ code: "neotel_unreachable", detail: `${url.host}: no connection could be made, or it broke off` });
  }
}

function taskUrl({ base_url: base, id_task: task, parameters, time_zone: zone }: NeotelSettings, span: Span): URL {
  const values = { from: stampOf(span.from, zone), to: stampOf(span.to, zone) };
  const count = String(parameters.length).padStart(2, "0");
  const url = new URL(`${base.replace(/\/+$/, "")}/ExecuteTask${count}`);
  url.searchParams.set("idTask", String(task));
  for (const [at, parameter] of parameters.entries()) url.searchParams.set(`param${at + 1}`, filled(parameter, values));
  return url;
}

/** A time as SQL Server reads it whatever its language is set to. */
function stampOf(at: number, zone: string): string {
  return filled("{yyyy}-{MM}-{dd}T{HH}:{mm}:{ss}", clockOf(at, zone));
}

function rowsIn(host: string, answer: Response, text: string | undefined): Result<Row[], ConnectorFailure> {
  const { status } = answer;
  if (status === 401 || status === 403) return err({ code: "neotel_login", detail: `${host} answered ${status}` });
  if (status >= 300 && status < 400)
    return err({ code: "not_neotel", detail: `${host} answered ${status}: it leads elsewhere, which is not followed` });
  if (text === undefined)
    return err({
      code: "neotel_rows",
      detail: `${host} answered with more than ${MAX_ANSWER / 1024 / 1024} MB of rows`,
    });
  // Where a task fails or lacks a parameter, ASP.NET answers 500 with its exception in clear text.
  if (status !== 200) return err({ code: "neotel_task", detail: `${host} answered ${status}: ${firstLine(text)}` });
  const inner = isPlainXml(text) ? stringIn(text) : undefined;
  if (inner === undefined) return err({ code: "not_neotel", detail: `${host} answered with no XML string` });
  if (inner.trim() === "") return ok([]);
  try {
    const rows: unknown = JSON.parse(inner);
    const list = Array.isArray(rows) ? rows : listIn(rows);
    if (list?.every((row) => typeof row === "object" && row !== null)) return ok(list as Row[]);
  } catch {
    // Said below.
  }
  return err({ code: "neotel_rows", detail: `${host} answered with no JSON of rows: ${firstLine(inner)}` });
}

function stringIn(text: string): string | undefined {
  if (/<string\b[^>]*\/>/.test(text)) return "";
  return readElement(text.replace(/<string\b[^>]*>/, "<string>"), "string");
}

/** Rows within an object, as .NET puts a table: `{"Table": [...]}`. */
function listIn(value: unknown): unknown[] | undefined {
  const found =
    typeof value === "object" && value !== null ? Object.values(value).filter((one) => Array.isArray(one)) : [];
  return found.length === 1 ? (found[0] as unknown[]) : undefined;
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 160);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
