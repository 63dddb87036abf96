export { CONSENSUS_RULES } from "../../db/schema";
export { agreementOf, type Agreement, type Opinion } from "./agree";
export { askOpinions, askSecondOpinion, decideOpinions, type Decision, type OpinionChange } from "./ask";
export { isBlindFor, isHiddenFrom, type Reader } from "./blind";
export { readOpinions, type Opinions } from "./read";
export { MOST_OPINIONS, snapshotConsensus, USUAL_OPINIONS, type ConsensusRow } from "./rows";
