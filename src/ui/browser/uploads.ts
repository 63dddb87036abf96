import { uploadRequests } from "./upload-requests";
import { uploadRow, type UploadRowView, type UploadWords } from "./upload-row";

/** Files that are sent at the same time. */
const AT_ONCE = 2;

for (const desk of document.querySelectorAll<HTMLElement>("[data-uploads]")) start(desk);

function start(desk: HTMLElement): void {
  const find = (name: string) => desk.querySelector<HTMLElement>(`[data-${name}]`);
  const campaign = desk.querySelector<HTMLSelectElement>("select[name=campaign]");
  const files = desk.querySelector<HTMLInputElement>("[data-files]");
  const [drop, list] = [find("drop"), find("upload-rows")];
  const [problem, actions, summary] = [find("problem"), find("actions"), find("summary")];
  const [begin, beginText] = [find("start"), find("start-text")];
  const template = desk.querySelector<HTMLTemplateElement>("[data-row-template]");
  if (!campaign || !files || !drop || !list || !problem || !actions || !summary || !begin || !beginText || !template)
    return;
  const words = JSON.parse(desk.dataset.words ?? "{}") as UploadWords;
  const number = new Intl.NumberFormat(desk.dataset.locale);
  const requests = uploadRequests();
  const rows: UploadRowView[] = [];

  const complain = (text: string) => {
    problem.textContent = text;
    problem.hidden = text === "";
  };

  /** Begins what waits, as many at once as there may be, and shows how it stands. */
  const refresh = () => {
    const busy = rows.filter(({ state }) => state() === "sending").length;
    for (const row of rows.filter(({ state }) => state() === "queued").slice(0, Math.max(0, AT_ONCE - busy)))
      void row.send().then(refresh);
    const ready = rows.filter(({ state }) => state() === "ready").length;
    const done = rows.filter(({ state }) => state() === "done").length;
    list.hidden = actions.hidden = rows.length === 0;
    begin.hidden = ready === 0;
    beginText.textContent = ready === 1 ? words.startOne : words.start.replace("{}", number.format(ready));
    summary.textContent = words.summary.replace("{}", number.format(done)).replace("{}", number.format(rows.length));
    // What is sent already belongs to the campaign that was chosen then.
    campaign.disabled = rows.some(({ state }) => state() === "queued" || state() === "sending");
  };

  const add = (chosen: Iterable<File>) => {
    if (campaign.value === "") {
      complain(words.chooseCampaign);
      campaign.focus();
      return;
    }
    complain("");
    for (const file of chosen) {
      if (rows.some((row) => row.isOf(file))) {
        complain(words.twice);
        continue;
      }
      const row = uploadRow({
        file,
        template,
        words,
        requests,
        locale: desk.dataset.locale ?? "en",
        most: Number(desk.dataset.most),
        organization: desk.dataset.organization ?? "",
        campaignOf: () => campaign.value,
        onChange: refresh,
        onRemove: () => {
          rows.splice(rows.indexOf(row), 1);
          refresh();
        },
      });
      rows.push(row);
      list.append(row.element);
    }
    refresh();
  };

  files.addEventListener("change", () => {
    add(files.files ?? []);
    // Choosing the same file again is a change then, too.
    files.value = "";
  });
  for (const type of ["dragover", "dragenter"])
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer?.files ?? []);
  });
  campaign.addEventListener("change", () => {
    complain("");
    for (const row of rows) void row.lookUp();
  });
  begin.addEventListener("click", () => {
    for (const row of rows) row.queue();
    refresh();
  });
  addEventListener("beforeunload", (event) => {
    if (rows.some(({ state }) => state() === "sending")) event.preventDefault();
  });
}
