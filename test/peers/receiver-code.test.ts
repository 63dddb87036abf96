import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { source, type ProfileName } from "./profiles.ts";
import { PYTHON, startReceiver, type Receiver } from "./receiver.ts";
import { makeRequest, ODD_VALUES, tampered } from "./requests.ts";

type Language = "node" | "python" | "php" | "go" | "csharp";
const { receiverCode, RECEIVER_LANGUAGES } = (await source("delivery/receivers")) as {
  receiverCode(language: Language, profile: ProfileName): string;
  RECEIVER_LANGUAGES: readonly Language[];
};

const SECRETS: Record<ProfileName, string> = {
  standard: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
  audian: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
  voqo: "a secret of one's own",
  voicesense: "Vb7kQm2xYt9LwRz4NcHs8PdJf5GaEu3X",
  authentivoice: "Vb7kQm2xYt9LwRz4NcHs8PdJf5GaEu3X",
};

const TYPES: Record<ProfileName, string> = {
  standard: "call.completed",
  audian: "call.completed",
  voqo: "call.processed",
  voicesense: "analysis.completed",
  authentivoice: "analysis.completed",
};

type Way = { file: string; needs: string[]; command(file: string, port: number): [string, ...string[]] };

const WAYS: Record<Language, Way> = {
  node: { file: "receive.mjs", needs: [], command: (file) => [process.execPath, file] },
  python: { file: "receive.py", needs: [PYTHON], command: (file) => [PYTHON, file] },
  php: { file: "receive.php", needs: ["php"], command: (file, port) => ["php", "-S", `127.0.0.1:${port}`, file] },
  go: { file: "receive.go", needs: ["go"], command: (file) => [file.replace(/\.go$/, "")] },
  csharp: { file: "receive.cs", needs: ["mcs", "mono"], command: (file) => ["mono", file.replace(/\.cs$/, ".exe")] },
};

/** What has to be made of the text before it runs. */
function build(language: Language, file: string): void {
  const env = { ...process.env, GOCACHE: join(file, "..", "go-cache"), GO111MODULE: "off" };
  if (language === "go") execFileSync("go", ["build", "-o", file.replace(/\.go$/, ""), file], { env });
  if (language === "csharp") execFileSync("mcs", [`-out:${file.replace(/\.cs$/, ".exe")}`, file]);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const runnable = RECEIVER_LANGUAGES.filter((language) => WAYS[language].needs.every(isInstalled));

test("receivers are written in five languages, and hold no secret; Node's and Python's always run here", () => {
  assert.deepEqual(RECEIVER_LANGUAGES, ["node", "python", "php", "go", "csharp"]);
  for (const language of RECEIVER_LANGUAGES)
    for (const profile of Object.keys(SECRETS) as ProfileName[])
      assert.match(receiverCode(language, profile), /\bSECRET\b/);
  assert.ok(runnable.includes("node") && runnable.includes("python"), runnable.join());
});

for (const language of runnable)
  for (const profile of Object.keys(SECRETS) as ProfileName[])
    describe(`the receiver in ${language} for ${profile}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "receiver-"));
      let receiver: Receiver;
      before(async () => {
        const file = join(folder, WAYS[language].file);
        writeFileSync(file, receiverCode(language, profile));
        build(language, file);
        receiver = await startReceiver((port) => WAYS[language].command(file, port), { SECRET: SECRETS[profile] });
      });
      after(async () => {
        await receiver?.stop();
        rmSync(folder, { recursive: true, force: true });
      });

      for (const [name, odd] of ODD_VALUES)
        test(`takes ${name}, and refuses it with one letter changed`, async () => {
          const request = await makeRequest(profile, TYPES[profile], SECRETS[profile], odd);
          assert.equal(await receiver.post("/", request), 204);
          assert.equal(await receiver.post("/", tampered(request)), 401);
        });

      test("refuses another secret, and no signature", async () => {
        const other = await makeRequest(
          profile,
          TYPES[profile],
          SECRETS[profile].replace("9", "8").replace("own", "one"),
          "x",
        );
        assert.equal(await receiver.post("/", other), 401);
        assert.equal(await receiver.post("/", { method: "POST", headers: {}, body: "{}" }), 401);
      });
    });
