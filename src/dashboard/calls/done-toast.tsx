import { taskIdOf, type CallRow } from "../../calls";
import { Button } from "../../ui/components/button";
import { Toast } from "../../ui/components/toast";
import type { Frame } from "../../ui/layout/framed";
import type { callPageWords } from "../../ui/strings/call";
import { opinionWords } from "../../ui/strings/opinions";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { UNASSIGNED } from "../bulk/request";

type CallPageWords = Words<typeof callPageWords>;

/** What an action on the page before has done. `from`, for Undo: the campaign it was in, or why it waited for one. */
export type Done =
  | { kind: "moved"; from: { campaign: string } | { reason: string } | null }
  | { kind: "replayed"; deliveries: number; unable: number }
  | { kind: "task"; done: "closed"; had: string | null }
  | { kind: "task"; done: "open" | "asked" | "decided" };

type ToastProps = { view: View; words: CallPageWords; frame: Frame; call: CallRow; done: Done };

/** What was just done with a call, with the way back where there is one. */
export function DoneToast({ view, words, frame, call, done }: ToastProps) {
  if (done.kind === "replayed")
    return (
      <Toast tone={done.unable > 0 ? "attention" : "good"}>
        {words.replayed(view.formats.number(done.deliveries))}{" "}
        {done.unable > 0 && words.replayUnable(view.formats.number(done.unable))}
      </Toast>
    );
  if (done.kind === "task") return <TaskToast view={view} frame={frame} call={call} done={done} />;
  return (
    <Toast>
      {words.moved}
      {done.from !== null && (
        <form method="post" action={`/dashboard/calls/${call.id}/campaign`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="campaign" value={"campaign" in done.from ? done.from.campaign : UNASSIGNED} />
          {"reason" in done.from && <input type="hidden" name="reason" value={done.from.reason} />}
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
  );
}

type TaskDone = Extract<Done, { kind: "task" }>;

/** What was done with the task of the call; a closing can be undone, and goes back to whom the call was given. */
function TaskToast({ view, frame, call, done }: { view: View; frame: Frame; call: CallRow; done: TaskDone }) {
  const words = wordsOf(opinionWords, view.language);
  const said = { closed: words.isClosed, open: words.isOpen, asked: words.asked, decided: words.isDecided };
  return (
    <Toast>
      {said[done.done]}
      {done.done === "closed" && (
        <form method="post" action={`/dashboard/tasks/${taskIdOf(call.id)}/state`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="state" value="open" />
          {done.had !== null && <input type="hidden" name="reviewer" value={done.had} />}
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
  );
}
