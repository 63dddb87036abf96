import { dirname } from "node:path";
import type { DevFile } from "./remembered.ts";
import { readStateDir } from "./settings.ts";

/** What to look at and what to try, ready to copy in the folder of `project`. */
export function renderOrientation(
  dev: DevFile,
  campaignNumber: number,
  endpointId: string,
  devFile: string,
  project: string,
  publicUrl: string,
): string {
  const key = `-H "X-API-Key: ${dev.apiKey}"`;
  const list = ["calls", "recordings", "tasks", "analyses", "endpoints", "inbound"].join(" | ");
  return `
Trunkline is up.

  sign in     ${pageAddress(dev.url)}   ${dev.ownerEmail}   ${dev.ownerPassword}

  URL         ${dev.url}${publicUrl === dev.url ? "" : `\n  public      ${publicUrl}   the address of links, and the one that senders use`}
  API key     ${dev.apiKey}
  campaign    #${campaignNumber} (${dev.campaignId})
  receiver    ${dev.receiverUrl}   a subscriber on this machine: what was delivered to it, verified
  for scripts ${devFile}

A whole call, from the notice to the signed deliveries, in a second terminal:

  ${demoCommand(dirname(devFile), project)}

By hand: a notice as the phone system Anura sends it (sent twice it is still one call; change "calling" for another)

  curl -sS -X POST ${dev.url}/webhook/anura/ ${key} -H "Content-Type: application/json" -d '${sampleNotice(campaignNumber, `${dev.receiverUrl}/sample.mp3`)}'

and what came of it (${list}):

  curl -sS ${key} ${dev.url}/v1/calls
  curl -sS ${key} ${dev.url}/v1/tasks
  curl -sS ${key} ${dev.url}/v1/endpoints/${endpointId}/log
  curl -sS ${dev.url}/openapi.json

Ctrl-C stops everything; the data stays.
`;
}

/** A browser's cookie and passkeys belong to a name, so pages are at `localhost`. */
function pageAddress(url: string): string {
  return `${url.replace(/\/\/(?:127\.0\.0\.1|\[::1\])(?=[:/]|$)/, "//localhost")}/`;
}

// The second terminal knows nothing of this one's environment.
function demoCommand(stateDir: string, project: string): string {
  if (stateDir === readStateDir({}, project)) return "npm run demo";
  return `STATE_DIR='${stateDir.replaceAll("'", String.raw`'\''`)}' npm run demo`;
}

function sampleNotice(campaignNumber: number, audioUrl: string): string {
  return JSON.stringify({
    dialtime: "2026-02-10 10:30:45",
    direction: "inbound",
    calling: "+5491167950079",
    called: "+5491126888209",
    status: "answered",
    duration: "125",
    billseconds: "120",
    wasrecorded: "true",
    audio_file_mp3: audioUrl,
    accountname: "LinkSolution",
    accountextension: "300",
    queueagentname: "Marta Gómez",
    answerterminal: "1000",
    campaign_id: campaignNumber,
  });
}
