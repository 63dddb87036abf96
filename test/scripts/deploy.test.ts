import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { carryOut } from "../../scripts/deploy/carry-out.ts";
import { makeConfigCopy } from "../../scripts/deploy/config-copy.ts";
import { readOptions } from "../../scripts/deploy/options.ts";
import { planAll, renderCommand } from "../../scripts/deploy/plan.ts";
import { readDeploySettings } from "../../scripts/deploy/settings.ts";
import { Trouble } from "../../scripts/trouble.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { FakeAccount, SETTINGS } from "./fake-account.ts";

const URL_DEPLOYED = "https://trunkline.acme.workers.dev";

describe("npm run deploy", () => {
  let folder = "";
  let account: FakeAccount;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-deploy-test-"));
    account = new FakeAccount();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const changes = () => account.log.filter((line) => /create|migrations|^deploy /.test(line));

  test("the first time makes everything, migrates, deploys, and deploys again with the address", async () => {
    assert.equal(await carryOut(account.desk(folder)), 0);
    assert.deepEqual(account.buckets, ["trunkline"]);
    assert.deepEqual(account.queues.slice(1), SETTINGS.queues);
    assert.deepEqual(account.deployed, [
      { publicUrl: "", databaseId: "db-uuid-1" },
      { publicUrl: URL_DEPLOYED, databaseId: "db-uuid-1" },
    ]);
    const at = (what: string) => account.log.findIndex((line) => line.startsWith(what));
    assert.ok(at("d1 create") < at("d1 migrations apply") && at("d1 migrations apply") < at("deploy --config"));
    assert.match(account.worker?.secrets.MASTER_KEYS ?? "", /^1:[A-Za-z0-9+/]{43}=$/);
    assert.ok((account.worker?.secrets.OPERATOR_TOKEN ?? "").length >= 24);
    assert.ok(account.output.includes(`OPERATOR_TOKEN (shown this once): ${account.worker?.secrets.OPERATOR_TOKEN}`));
    assert.equal(account.output.includes(account.worker?.secrets.MASTER_KEYS ?? "?"), false);
    assert.equal(statSync(join(folder, "secrets.env")).mode & 0o777, 0o600);
  });

  test("again makes nothing, keeps the secrets and deploys once", async () => {
    await carryOut(account.desk(folder));
    const secrets = { ...account.worker?.secrets };
    rmSync(join(folder, "secrets.env"));
    account.log = [];
    account.deployed = [];
    await carryOut(account.desk(folder));
    assert.deepEqual(
      changes().map((line) => line.split(" --config")[0]),
      ["d1 migrations apply DB --remote", "d1 migrations apply SEARCH --remote", "deploy"],
    );
    assert.deepEqual(account.deployed, [{ publicUrl: URL_DEPLOYED, databaseId: "db-uuid-1" }]);
    assert.deepEqual(account.worker?.secrets, secrets);
    assert.equal(existsSync(join(folder, "secrets.env")), false);
  });

  test("goes on where it stopped, whichever command broke, with the same secrets", async () => {
    for (const broken of [
      "d1 create",
      "d1 create trunkline-search",
      "r2 bucket create",
      "queues create trunkline-events-dead",
      "d1 migrations",
      "d1 migrations apply SEARCH",
      "deploy",
    ]) {
      account = new FakeAccount();
      account.broken = broken;
      await assert.rejects(carryOut(account.desk(folder)), Trouble, broken);
      const kept = existsSync(join(folder, "secrets.env")) ? readFileSync(join(folder, "secrets.env"), "utf8") : null;
      account.broken = "";
      await carryOut(account.desk(folder));
      assert.equal(account.deployed.at(-1)?.publicUrl, URL_DEPLOYED, broken);
      if (kept !== null) assert.ok(kept.includes(`MASTER_KEYS=${account.worker?.secrets.MASTER_KEYS}`), broken);
      assert.equal(account.log.filter((line) => line === "d1 create trunkline").length, broken === "d1 create" ? 2 : 1);
      rmSync(join(folder, "secrets.env"));
    }
  });

  test("--url is the address, and one deploy is enough", async () => {
    await carryOut(
      account.desk(folder, {
        options: { dryRun: false, url: "https://calls.acme.example", workersAi: false, help: false },
      }),
    );
    assert.deepEqual(
      account.deployed.map((one) => one.publicUrl),
      ["https://calls.acme.example"],
    );
    account.deployed = [];
    await carryOut(account.desk(folder));
    assert.deepEqual(
      account.deployed.map((one) => one.publicUrl),
      ["https://calls.acme.example"],
    );
  });

  test("without a workers.dev address it asks for --url", async () => {
    account.subdomain = null;
    await assert.rejects(carryOut(account.desk(folder)), /--url/);
  });

  test("secrets that cannot be listed are not taken for missing", async () => {
    await carryOut(account.desk(folder));
    account.broken = "secret list";
    account.log = [];
    await assert.rejects(carryOut(account.desk(folder)), /secret list/);
    assert.deepEqual(changes(), []);
  });

  test("a lost master key is not replaced while it seals data, unless it is brought back", async () => {
    await carryOut(account.desk(folder));
    const key = account.worker?.secrets.MASTER_KEYS ?? "";
    delete account.worker?.secrets.MASTER_KEYS;
    rmSync(join(folder, "secrets.env"));
    account.sealed = 3;
    await assert.rejects(carryOut(account.desk(folder)), /3 rows sealed/);
    assert.equal(account.worker?.secrets.MASTER_KEYS, undefined);
    await carryOut(account.desk(folder, { env: { MASTER_KEYS: key } }));
    assert.equal(account.worker?.secrets.MASTER_KEYS, key);
  });

  test("reports a missing login, and more than one account", async () => {
    account.loggedIn = false;
    await assert.rejects(carryOut(account.desk(folder)), /nobody is logged in/);
    account.loggedIn = true;
    account.accounts.push({ id: "acc_2", name: "Other" });
    await assert.rejects(carryOut(account.desk(folder)), /CLOUDFLARE_ACCOUNT_ID/);
    assert.deepEqual(changes(), []);
    assert.equal(await carryOut(account.desk(folder, { env: { CLOUDFLARE_ACCOUNT_ID: "acc_2" } })), 0);
  });
});

describe("the plan", () => {
  test("names everything wrangler.toml needs", () => {
    const settings = readDeploySettings(join(PROJECT, "wrangler.toml"));
    assert.deepEqual(settings, SETTINGS);
    const commands = planAll(settings, { config: "c.toml", secretsFile: "s.env" }).map((step) =>
      renderCommand(step.args),
    );
    for (const queue of settings.queues) assert.ok(commands.includes(`wrangler queues create ${queue}`));
    assert.ok(commands.includes("wrangler d1 create trunkline"));
    assert.ok(commands.includes("wrangler d1 create trunkline-search"));
    assert.ok(commands.includes("wrangler r2 bucket create trunkline"));
    assert.ok(commands.includes("wrangler deploy --config c.toml --secrets-file s.env"));
  });

  test("the generated configuration differs from the committed one in what a deployment knows, and no more", () => {
    const toml = readFileSync(join(PROJECT, "wrangler.toml"), "utf8");
    const copy = makeConfigCopy(toml, "/project", {
      databaseId: "an-id",
      searchId: "another-id",
      publicUrl: "https://x.example",
    });
    const before = toml.split("\n");
    const changed = copy
      .split("\n")
      .slice(1)
      .filter((line, index) => line !== before[index]);
    assert.deepEqual(changed, [
      'main = "/project/src/index.ts"',
      'watch_dir = "/project/src/ui"',
      'directory = "/project/.wrangler/assets"',
      'PUBLIC_URL = "https://x.example"',
      'database_id = "an-id"',
      'migrations_dir = "/project/migrations"',
      'database_id = "another-id"',
      'migrations_dir = "/project/migrations/search"',
    ]);
    const withAi = makeConfigCopy(toml, "/project", {
      databaseId: null,
      searchId: null,
      publicUrl: "",
      workersAi: true,
    });
    assert.match(withAi, /\n\[ai\]\nbinding = "AI"\n$/);
    assert.doesNotMatch(copy, /binding = "AI"/);
    assert.throws(
      () => makeConfigCopy("name = 1", "/project", { databaseId: null, searchId: null, publicUrl: "" }),
      Trouble,
    );
  });

  test("options are read, and wrong ones named", () => {
    assert.deepEqual(readOptions(["--dry-run", "--url", "https://a.example/"]), {
      dryRun: true,
      url: "https://a.example",
      workersAi: false,
      help: false,
    });
    for (const args of [
      ["--nonsense"],
      ["--url", "http://a.example"],
      ["--url", "https://a.example/path"],
      ["--url", "a"],
    ]) {
      assert.throws(() => readOptions(args), Trouble);
    }
  });
});
