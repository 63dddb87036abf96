import { edgeContract } from "./source-edge.contract";
import { shareOf } from "./source-cases";

// Ten thousand requests a case take a while: three files share them, to run side by side.
for (const given of shareOf(2, 3)) edgeContract(given);
