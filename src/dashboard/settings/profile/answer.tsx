import type { Child } from "hono/jsx";
import { BarePage } from "../../../ui/layout/bare";
import { pageAnswer } from "../../../ui/layout/page";
import { Panel } from "../../../ui/components/panel";
import { Toast } from "../../../ui/components/toast";
import type { PageContext } from "../../deps";
import { frameOf, readWhole } from "../../frame";
import { SettingsPage } from "../frame";

type Shown = { title: string; state?: Child; status?: number; toast?: string; flat?: boolean; children?: Child };

/**
 * A page of a person's own things. Who has to set up a second factor first sees nothing of the organization, so theirs is
 * without its frame. `flat`: the page brings panels of its own.
 */
export async function profileAnswer(c: PageContext, shown: Shown): Promise<Response> {
  const { view, visitor, deps } = c.var;
  const { title, state, status = 200, toast, flat = false, children } = shown;
  if (visitor.session.isWeak) {
    const page = (
      <BarePage view={view} title={title}>
        {state !== undefined && <p>{state}</p>}
        {children}
      </BarePage>
    );
    return pageAnswer(page, status);
  }
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  const page = (
    <SettingsPage
      view={view}
      frame={frame}
      caller={visitor.caller}
      current="profile"
      title={title}
      state={state}
      toast={toast !== undefined && <Toast>{toast}</Toast>}
    >
      <div class="own">{flat ? children : <Panel>{children}</Panel>}</div>
    </SettingsPage>
  );
  return pageAnswer(page, status);
}
