import { join } from "node:path";
import { startReceiver, type Receiver } from "../receiver.ts";
import { PROJECT } from "../wrangler.ts";
import { prepareDemo } from "./demo-organization.ts";
import { startDevServer } from "./dev-server.ts";
import { forgetProcesses, reclaimLeftovers, rememberProcesses } from "./leftovers.ts";
import { LogFile } from "./log-file.ts";
import { migrate } from "./migrate.ts";
import { renderOrientation } from "./orientation.ts";
import { checkPort } from "./port.ts";
import { signalGroup } from "./process-group.ts";
import { devFilePath, readRemembered, remember, type DevFile, type Remembered } from "./remembered.ts";
import { keepSecrets, type Secrets } from "./secrets.ts";
import { readSettings, type StartSettings } from "./settings.ts";
import { clearTemporary, prepareStateFolder } from "./state-folder.ts";
import { listenForStop } from "./stop-signal.ts";
import { supervise } from "./supervise.ts";

/** `npm start`: starts everything, and stops it again. Resolves with the exit code. */
export async function start(env: Record<string, string | undefined>): Promise<number> {
  const settings = readSettings(env, PROJECT);
  prepareStateFolder(settings.stateDir);
  const remembered = readRemembered(settings.stateDir);
  if (await reclaimLeftovers(settings.stateDir, PROJECT)) say("ended what a killed start had left running");
  await checkPort(settings.port);
  const secrets = keepSecrets(settings.stateDir);

  let groups: number[] = [];
  const stop = listenForStop(() => {
    for (const group of groups) signalGroup(group, "SIGKILL");
    process.exit(130);
  });
  rememberProcesses(settings.stateDir, []);
  clearTemporary(settings.stateDir);
  // Up before the Worker: deliveries left over from the last time go out as soon as it runs.
  const receiver = await openReceiver(settings, remembered);
  try {
    say("migrating the database …");
    // Ctrl-C reaches the migration too: its failure is then intended.
    await migrate(settings.stateDir).catch((error: unknown) => {
      if (!stop.aborted) throw error;
    });
    if (stop.aborted) return 0;
    say("starting the Worker …");
    const log = new LogFile(join(settings.stateDir, "server.log"));
    await supervise(settings, stop, {
      launch: (begin) => startDevServer(settings, secrets.path, log, { begin, show: say }),
      running: (servers) => {
        groups = servers.map(({ group }) => group);
        rememberProcesses(settings.stateDir, groups);
      },
      whenFirstUp: () => introduce({ settings, secrets, remembered, receiver }),
      say,
    });
    return 0;
  } finally {
    if (stop.aborted) say("stopped");
    await receiver.close();
    forgetProcesses(settings.stateDir);
  }
}

type Running = { settings: StartSettings; secrets: Secrets; remembered: Remembered; receiver: Receiver };

/** The demo organization, stored for scripts and shown to the user. */
async function introduce({ settings, secrets, remembered, receiver }: Running): Promise<void> {
  const context = { url: settings.localUrl, adminToken: secrets.adminToken, receiverUrl: receiver.url };
  const demo = await prepareDemo(context, remembered.demo);
  receiver.trust(demo.signingSecret);
  const dev: DevFile = {
    url: settings.url,
    apiKey: demo.apiKey,
    organizationId: demo.organizationId,
    campaignId: demo.campaignId,
    receiverUrl: receiver.url,
    ownerEmail: demo.ownerEmail,
    ownerPassword: demo.ownerPassword,
  };
  remember(settings.stateDir, dev, demo, receiver.port);
  const devFile = devFilePath(settings.stateDir);
  process.stdout.write(
    renderOrientation(dev, demo.campaignNumber, demo.endpointId, devFile, PROJECT, settings.publicUrl),
  );
}

/** On the port it had before, so that the demo endpoint's URL stays good; on a free one when that is taken. */
async function openReceiver({ stateDir }: StartSettings, { demo, receiverPort }: Remembered): Promise<Receiver> {
  const options = {
    file: join(stateDir, "received.jsonl"),
    ...(demo.signingSecret ? { secret: demo.signingSecret } : {}),
  };
  try {
    return await startReceiver({ ...options, port: receiverPort });
  } catch (error) {
    if (receiverPort === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startReceiver({ ...options, port: 0 });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
