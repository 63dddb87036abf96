import type { Child } from "hono/jsx";
import { Button, ButtonLink } from "../ui/components/button";
import { Panel } from "../ui/components/panel";
import { FramedPage, type Frame } from "../ui/layout/framed";
import type { PageName } from "../ui/layout/navigation";
import { PageHead } from "../ui/layout/page-head";
import type { View } from "../ui/view";

type Props = {
  view: View;
  frame: Frame;
  current: PageName;
  title: string;
  /** The form's address; the page's own where it is left out. */
  action?: string;
  back: { href: string; title: string };
  /** What the button does; null where there is nothing to do. */
  go: string | null;
  danger?: boolean;
  fields?: Readonly<Record<string, string>>;
  children?: Child;
};

/** Asks before something is done, naming the consequence and the count. */
export function AskPage(props: Props) {
  const { view, frame, current, title, action, back, go, danger = false, fields = {}, children } = props;
  return (
    <FramedPage view={view} frame={frame} title={title} current={current}>
      <PageHead title={title} />
      <Panel>
        {children}
        <form method="post" action={action} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <ButtonLink href={back.href}>{back.title}</ButtonLink>
          {go !== null && <Button kind={danger ? "danger" : "main"}>{go}</Button>}
        </form>
      </Panel>
    </FramedPage>
  );
}
