import { exampleId, TALK, uuidOf, written, type ExampleContext } from "../example";
import { fieldNames, type VoicesenseSettings } from "./settings";

/** The scores of an audio file, under the names that the source's Body Template gives them. */
export function example({ unique, settings }: ExampleContext<VoicesenseSettings>): string {
  const names = fieldNames(settings);
  return written({
    [names.stream]: uuidOf(unique),
    [names.reference]: exampleId(unique),
    PredictorState: 0,
    [names.duration]: TALK,
    ScoreLeft: { Scores: null, TalkDuration: 0 },
    ScoreRight: { Scores: { Engaged: 5, Attentive: 4, Satisfaction: 3, EnergyLevel: 6 }, TalkDuration: 14 },
    ...Object.fromEntries(Object.keys(names.scores).map((name) => [name, 4])),
    [names.error]: null,
  });
}
