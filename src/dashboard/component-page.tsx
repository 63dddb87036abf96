import { Button, ButtonLink } from "../ui/components/button";
import { BarChart } from "../ui/components/chart";
import { Chip, ChipMenu, Chips } from "../ui/components/chips";
import { Code, Id } from "../ui/components/code";
import { Dialog } from "../ui/components/dialog";
import { EmptyState } from "../ui/components/empty-state";
import { CheckField, FormErrors, SelectField, TextArea, TextField } from "../ui/components/form";
import { KeyHint } from "../ui/components/key-hint";
import { Moment } from "../ui/components/moment";
import { Pager } from "../ui/components/pager";
import { Facts, Figure, Figures, Panel, Part } from "../ui/components/panel";
import { Status, Tag } from "../ui/components/status";
import { Table, type Column } from "../ui/components/table";
import { TabPanels } from "../ui/components/tab-panels";
import { Tabs } from "../ui/components/tabs";
import { StripLegend, TalkStrip, type Strip } from "../ui/components/talk-strip";
import { Toast } from "../ui/components/toast";
import { FramedPage, type Frame } from "../ui/layout/framed";
import { PageHead } from "../ui/layout/page-head";
import { wordsOf } from "../ui/strings/define";
import { samples } from "../ui/strings/samples";
import type { View } from "../ui/view";

/** Names that are too long, of another script, or meant to do harm. */
const LONG = "Ximena-Guadalupe".repeat(19).slice(0, 300);
const SCRIPT = `<script>alert(1)</script>"><img src=x onerror=alert(1)>`;
const RIGHT_TO_LEFT = "شركة الاتصالات ‏(+54)‏";

const CALM: Strip = {
  operator: Array.from({ length: 132 }, (_, at) => (at % 44 < 18 ? 13 : 0)),
  customer: Array.from({ length: 132 }, (_, at) => (at % 44 > 20 && at % 44 < 38 ? 12 : 0)),
};
const FIGHT: Strip = {
  operator: Array.from({ length: 132 }, (_, at) => (at % 7 < 5 ? 15 : 0)),
  customer: Array.from({ length: 132 }, (_, at) => (at % 11 < 8 ? 15 : 0)),
};
const ONE_CHANNEL: Strip = { anyone: Array.from({ length: 132 }, (_, at) => (at % 20 < 13 ? 10 : 0)) };

type Row = { id: string; name: string; strip: Strip | null; tone: "good" | "wrong" };
const ROWS: readonly Row[] = [
  { id: "one", name: "Marta Gómez", strip: CALM, tone: "good" },
  { id: "two", name: SCRIPT, strip: FIGHT, tone: "wrong" },
  { id: "three", name: RIGHT_TO_LEFT, strip: ONE_CHANNEL, tone: "good" },
  { id: "four", name: LONG, strip: null, tone: "wrong" },
];

/** Every component, for the visual tests. Development only. */
export function ComponentPage({ view }: { view: View }) {
  const words = wordsOf(samples, view.language);
  const columns: Column<Row>[] = [
    {
      name: "time",
      title: words.time,
      kind: "mono",
      narrow: "start",
      cell: () => <Moment view={view} at={view.now - 93_000} as="timeInList" />,
    },
    {
      name: "name",
      title: words.name,
      narrow: "middle",
      cell: ({ name }) => (
        <span class="clip" dir="auto">
          {name}
        </span>
      ),
    },
    {
      name: "talk",
      title: words.conversation,
      narrow: "below",
      cell: ({ strip }) => <TalkStrip view={view} strip={strip} />,
    },
    { name: "length", title: words.length, kind: "number", narrow: "end", cell: () => view.formats.length(278) },
    {
      name: "state",
      title: words.state,
      narrow: "below-end",
      cell: ({ tone }) => (tone === "good" ? null : <Tag tone="wrong">{words.failing}</Tag>),
    },
  ];
  return (
    <FramedPage
      view={view}
      frame={sampleFrame(words.failing)}
      title={words.title}
      current={null}
      toast={
        <Toast>
          {words.moved}
          <Button small>{words.undo}</Button>
        </Toast>
      }
    >
      <PageHead
        title={words.title}
        state={words.intro}
        actions={
          <>
            <ButtonLink href="/dashboard/components/bare">{words.bare}</ButtonLink>
            <Button kind="danger">{words.remove}</Button>
            <Button kind="main">{words.save}</Button>
          </>
        }
      />
      <Figures>
        <Figure name={words.name} value={view.formats.number(1284)} note={words.note} />
        <Figure name={words.length} value={view.formats.percent(0.9998)} note={words.note} />
        <Figure
          name={words.time}
          value={view.formats.span(912)}
          note={<Moment view={view} at={view.now - 3_600_000} as="relative" />}
        />
      </Figures>
      <Tabs
        label={words.title}
        current="/one"
        tabs={[
          { href: "/one", title: words.name },
          { href: "/two", title: words.state, mark: <Tag tone="attention">{words.failing}</Tag> },
        ]}
      />
      <Chips>
        <Chip view={view} name={words.state} value={words.failing} withoutHref="?" />
        <Chip view={view} name={words.name} value={RIGHT_TO_LEFT} withoutHref="?" />
        <ChipMenu title={words.filter}>
          <form class="form">
            <TextField view={view} name="menu-name" label={words.name} optional />
            <Button>{words.save}</Button>
          </form>
        </ChipMenu>
        <StripLegend view={view} />
      </Chips>
      <form class="spaced">
        <Panel flush>
          <Table
            view={view}
            label={words.title}
            columns={columns}
            rows={ROWS}
            hrefOf={({ id }) => `#${id}`}
            select={{ name: "id", idOf: ({ id }) => id, labelOf: ({ name }) => name }}
          />
        </Panel>
        <div class="selection" data-selection>
          <b data-selection-count>0</b>
          <Button small>{words.save}</Button>
        </div>
      </form>
      <Pager view={view} firstHref="?" nextHref="?after">
        <KeyHint keys={["j", "k"]} does={words.name} />
        <KeyHint keys={["?"]} does={words.state} />
      </Pager>
      <div class="columns spaced">
        <div>
          <Panel title={words.form} aside={words.note}>
            <FormErrors view={view} errors={wrongName(words.wrongName)} />
            <form class="form">
              <TextField
                view={view}
                name="name"
                label={words.name}
                value={SCRIPT}
                errors={wrongName(words.wrongName)}
                hint={words.note}
              />
              <TextField view={view} name="number" label={words.length} inputmode="tel" mono optional />
              <SelectField
                view={view}
                name="state"
                label={words.state}
                value="b"
                options={[
                  ["a", words.name],
                  ["b", words.failing],
                ]}
              />
              <TextArea view={view} name="text" label={words.conversation} value={LONG} />
              <CheckField name="check" label={words.note} checked />
            </form>
          </Panel>
          <Panel title={words.chart}>
            <BarChart
              label={words.chart}
              series={["Anura", "Twilio", "S3"]}
              bars={Array.from({ length: 24 }, (_, hour) => ({
                label: `${String(hour).padStart(2, "0")}:00`,
                values: [10 + ((hour * 7) % 20), 5 + ((hour * 3) % 9), 2 + (hour % 4)],
              }))}
              labelEvery={6}
            />
          </Panel>
        </div>
        <div>
          <Panel title={words.state}>
            <Facts
              facts={[
                [words.name, <Status tone="good">{words.active}</Status>],
                [words.length, <Status tone="attention">{words.slow}</Status>],
                [words.state, <Status tone="wrong">{words.failing}</Status>],
                [words.time, <Status tone="idle">{words.paused}</Status>],
                ["Id", <Id view={view} text="call_3v5g8k2m9q4t7w0y1z6x3c8b5n" what="id" />],
              ]}
            />
          </Panel>
          <div class="panel spaced">
            <TabPanels
              view={view}
              group="sample"
              label={words.title}
              panels={[
                {
                  name: "one",
                  title: words.name,
                  content: (
                    <>
                      <p>{words.intro}</p>
                      <Part title={words.length} aside={words.note}>
                        <p dir="auto">{LONG}</p>
                      </Part>
                    </>
                  ),
                },
                {
                  name: "two",
                  title: words.state,
                  mark: <Tag tone="attention">{words.failing}</Tag>,
                  content: <p>{words.consequence}</p>,
                },
              ]}
            />
          </div>
          <Panel title={words.code}>
            <Code view={view} text={`POST /hooks/calls\n${SCRIPT}\n{"id":"evt_01m80dh8"}`} what={words.code} />
          </Panel>
          <Panel>
            <EmptyState
              title={words.empty}
              action={
                <button class="button main" type="button" data-dialog="sample">
                  {words.open}
                </button>
              }
            >
              {words.intro}
            </EmptyState>
          </Panel>
        </div>
      </div>
      <Dialog view={view} id="sample" title={words.remove}>
        <p>{words.consequence}</p>
        <Button kind="danger">{words.remove}</Button>
      </Dialog>
    </FramedPage>
  );
}

function wrongName(message: string) {
  return [{ field: "name", message }];
}

function sampleFrame(failing: string): Frame {
  return {
    person: { name: "Marta Gómez", email: "marta@example.com" },
    organization: LONG,
    others: [{ id: "org_2", name: RIGHT_TO_LEFT }],
    entries: [
      { page: "home" },
      { page: "calls", waiting: 14 },
      { page: "sources" },
      { page: "webhooks", waiting: 1, wrong: true },
      { page: "inbound" },
      { page: "settings" },
    ],
    state: { tone: "wrong", text: failing, href: "/dashboard" },
    unread: 3,
    csrf: "sample",
  };
}
