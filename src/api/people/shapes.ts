import { z } from "@hono/zod-openapi";
import { ROLES, type RoleName } from "../../identity";

const MOST_LIMITS = 500;

export const roleName = z.enum(Object.keys(ROLES) as [RoleName, ...RoleName[]]);

const ids = z.array(z.string().max(200)).max(MOST_LIMITS).nullable();

export const campaignLimit = ids.describe("Ids of the campaigns it is limited to. Null: all.");
export const teamLimit = ids.describe("Ids of the teams it is limited to. Null: all.");
