import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ANURA_TEMPLATE, renderAnura } from "../../scripts/demo/anura-template.ts";
import { Progress } from "../../scripts/demo/progress.ts";
import { sampleCall } from "../../scripts/demo/sample-call.ts";
import { renderDeliveries, renderMeasures, renderStep } from "../../scripts/demo/timeline.ts";

describe("the parts of npm run demo", () => {
  test("the template is rendered as Anura does: every value a string, the campaign a number", () => {
    const variables = sampleCall({
      audioUrl: "http://127.0.0.1:1/a.mp3",
      seconds: 70.8,
      now: Date.UTC(2026, 1, 10, 13, 31, 56),
      random: () => 0.5,
    });
    const notice = JSON.parse(renderAnura(ANURA_TEMPLATE, 7, variables)) as { [name: string]: unknown };
    assert.deepEqual(notice, {
      dialtime: "2026-02-10 10:30:45",
      direction: "inbound",
      calling: "+5491150000000",
      called: "+541152630000",
      status: "answered",
      duration: "71",
      billseconds: "71",
      wasrecorded: "true",
      audio_file_mp3: "http://127.0.0.1:1/a.mp3",
      accountname: "Trunkline Demo",
      accountextension: "300",
      queueagentname: "Robert Acosta",
      answerterminal: "1000",
      campaign_id: 7,
    });
  });

  test("substitution is textual: nothing is escaped, and what is unknown leaves nothing", () => {
    assert.equal(
      renderAnura('{"a": "{{ a }}", "b": "{{b}}", "c": <YOUR_CAMPAIGN_ID>}', 1, { a: 'x"y' }),
      '{"a": "x"y", "b": "", "c": 1}',
    );
  });

  test("progress is plain lines where there is no terminal, each step once", () => {
    let text = "";
    const progress = new Progress({ write: (more) => (text += more) });
    progress.waitFor("one");
    progress.waitFor("one");
    progress.print("done");
    progress.waitFor("two");
    progress.stop();
    assert.equal(text, "… one\ndone\n… two\n");
  });

  test("steps, measures and deliveries are lined up", () => {
    assert.equal(renderStep("call.completed", 60, 56, "a note"), "   0.06 s     +56 ms  call.completed      a note");
    const truth = { durationSeconds: 70.8, talkSeconds: [37, 17], overlapSeconds: 2, silenceSeconds: 19 };
    const measures = { duration_seconds: 70.83, talk_seconds: [37.1], silence_seconds: 19.2, overlap_seconds: null };
    const lines = renderMeasures({ analysis: { measures } }, truth);
    assert.equal(lines.length, 5);
    assert.match(lines[1] ?? "", /talk, channel 0 +37\.10 s +known +37\.00 s/);
    assert.match(lines[2] ?? "", /talk, channel 1 +– +known +17\.00 s/);
    const delivery = {
      n: 1,
      id: "evt_1",
      type: "call.completed",
      seq: 1,
      callId: "call_1",
      verified: true,
      status: 200,
      receivedAt: "2026-01-01T00:00:01.000Z",
    };
    const event = {
      seq: 1,
      type: "call.completed",
      id: "evt_1",
      recordedAt: Date.parse("2026-01-01T00:00:00.500Z"),
      data: {},
    };
    assert.match(
      renderDeliveries([delivery], [event])[0] ?? "",
      /1 {2}call\.completed +evt_1 {2}signature verified {2}500 ms after/,
    );
  });
});
