/** The delivery contracts endpoints speak. */
import type { EndpointConfig } from "../contract";
import type { Profile } from "./contract";
import { standard } from "./standard";

export type { AttemptContext, Profile, ProfileRequest } from "./contract";

export const profiles: Record<EndpointConfig["profile"], Profile> = { standard };
