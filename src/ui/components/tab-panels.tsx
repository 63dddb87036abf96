import type { Child } from "hono/jsx";
import type { View } from "../view";

/** One of the parts: `name` in addresses and cookies, `mark` beside the title. At most six have a rule (styles/tabs.css). */
export type TabPanel = { name: string; title: string; mark?: Child; content: Child };

/**
 * Parts of one thing on one page, of which one is seen at a time: a group of radio buttons that look like tabs, and a style
 * that shows the part of the chosen one. So they change without script, without asking the server, and while something
 * plays. `group`: of its kind, over all pages, of which this browser remembers the part that was chosen last; `asked`: the
 * part that the address names. Either counts where it is here, else the first part.
 */
export function TabPanels(props: {
  view: View;
  group: string;
  label: string;
  panels: readonly TabPanel[];
  asked?: string | undefined;
}) {
  const { view, group, label, panels, asked } = props;
  const known = (wanted: string | undefined) => panels.find(({ name }) => name === wanted);
  const chosen = known(asked) ?? known(view.tabs?.get(group)) ?? panels[0];
  return (
    <div class="tab-panels">
      <div class="tab-bar" role="radiogroup" aria-label={label}>
        {panels.map((panel) => (
          <label class="tab">
            <input
              type="radio"
              name={`tab-${group}`}
              value={panel.name}
              checked={panel === chosen}
              autocomplete="off"
              data-tab={group}
            />
            {panel.title}
            {panel.mark}
          </label>
        ))}
      </div>
      {panels.map(({ name, title, content }) => (
        <section class="tab-panel" data-tab-panel={name}>
          <h2 class="for-screen-readers">{title}</h2>
          {content}
        </section>
      ))}
    </div>
  );
}
