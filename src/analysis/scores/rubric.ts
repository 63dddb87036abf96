/** A score that an engine is asked for: what it means, and from where to where it goes. */
export type Criterion = { name: string; meaning: string; min: number; max: number };

const of5 = (name: string, meaning: string): Criterion => ({ name, meaning, min: 1, max: 5 });

/**
 * Voicesense's fifteen names, asked of words instead of the voice. Voicesense publishes neither meaning nor scale; these
 * are ours, so a figure under such a name is the engine's that gave it, and not Voicesense's.
 */
export const FIFTEEN: readonly Criterion[] = [
  of5("Engaged", "Takes part: asks, answers, takes up what the other said."),
  of5("Attentive", "Listens: refers to what the other said, does not have to be told twice."),
  of5("Open", "Speaks freely about what they think and want."),
  of5("WBEnergy", "Speaks as somebody who has energy for the matter."),
  of5("WBEmotion", "The feelings that are named in words are good ones."),
  of5("WBSocial", "Is friendly to the other person."),
  of5("OverallWellBeing", "All in all sounds well, going by what is said."),
  of5("WBCoping", "Deals with what comes up in the call."),
  of5("WBStressControl", "Stays calm where the call is difficult."),
  { ...of5("EnergyLevel", "How lively what is said is."), max: 10 },
  of5("Attrition", "Says things that somebody says who is about to leave."),
  of5("Burnout", "Says things that somebody says who is worn out."),
  of5("Satisfaction", "Says that they are content with what the call came to."),
  of5("Depression", "Speaks of hopelessness or of having no interest in anything."),
  of5("AttitudeLevel", "Is well disposed to the other side and its matter."),
];
