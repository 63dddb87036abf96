import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  addTeamMember,
  deleteTeam,
  FULL_REACH,
  reachesOfMembers,
  reachOfMember,
  removeTeamMember,
} from "../../src/identity";
import { ACT_AT_NOON, mintMember, mintOperator, mintOrganization, mintTeam, NOON, openDatabase } from "../factories";

const db = openDatabase(env.DB);

/** An organization with two teams; in each one person on calls, and a reviewer in the first. */
async function newTeams() {
  const { id: organizationId } = await mintOrganization(db);
  const [lucia, marta] = [
    await mintOperator(db, organizationId, "Lucía Fernández"),
    await mintOperator(db, organizationId, "Marta Gómez"),
  ];
  const [day, night] = [await mintTeam(db, organizationId), await mintTeam(db, organizationId)];
  const inTeam = async (team: typeof day, overrides: Parameters<typeof mintMember>[2]) => {
    const member = await mintMember(db, organizationId, overrides);
    expect((await addTeamMember({ db }, team, member.userId, ACT_AT_NOON)).ok).toBe(true);
    return member;
  };
  const agents = [
    await inTeam(day, { role: "operator", operatorId: lucia.id }),
    await inTeam(night, { role: "operator", operatorId: marta.id }),
  ] as const;
  await inTeam(day, { role: "reviewer" });
  const limited = (teams: string[] | null, role = "supervisor", operatorId: string | null = null) => ({
    organizationId,
    role,
    campaigns: null,
    teams,
    operatorId,
  });
  return { organizationId, lucia, marta, day, night, agents, limited };
}

describe("who is limited to teams", () => {
  it("reaches the calls of the people in them, and no others", async () => {
    const { day, night, lucia, marta, limited } = await newTeams();
    expect(await reachOfMember(db, limited([day.id]))).toEqual({ campaigns: null, operators: [lucia.id] });
    const both = await reachOfMember(db, limited([day.id, night.id]));
    expect(both.operators?.toSorted()).toEqual([lucia.id, marta.id].toSorted());
    expect(await reachOfMember(db, limited([]))).toEqual({ campaigns: null, operators: [] });
    expect(await reachOfMember(db, limited(["tem_other"]))).toEqual({ campaigns: null, operators: [] });
    expect(await reachOfMember(db, limited([day.id], "owner"))).toEqual(FULL_REACH);
  });

  it("keeps a limit to campaigns, and an operator their own calls", async () => {
    const { day, night, lucia, limited } = await newTeams();
    const inCampaign = { ...limited([day.id]), campaigns: ["cmp_1"] };
    expect(await reachOfMember(db, inCampaign)).toEqual({ campaigns: ["cmp_1"], operators: [lucia.id] });
    const own = (teams: string[]) => reachOfMember(db, limited(teams, "operator", lucia.id));
    expect((await own([day.id])).operators).toEqual([lucia.id]);
    expect((await own([night.id])).operators).toEqual([]);
  });

  it("follows a merge of operators, and who comes into the team or leaves it", async () => {
    const { day, lucia, marta, agents, limited } = await newTeams();
    await env.DB.prepare("UPDATE operators SET merged_into = ? WHERE id = ?").bind(marta.id, lucia.id).run();
    const merged = await reachOfMember(db, limited([day.id]));
    expect(merged.operators?.toSorted()).toEqual([lucia.id, marta.id].toSorted());
    await removeTeamMember({ db }, day, agents[0].userId, ACT_AT_NOON);
    expect((await reachOfMember(db, limited([day.id]))).operators).toEqual([]);
    await addTeamMember({ db }, day, agents[1].userId, ACT_AT_NOON);
    expect((await reachOfMember(db, limited([day.id]))).operators).toEqual([marta.id]);
    expect((await deleteTeam({ db }, day, 0, ACT_AT_NOON)).ok).toBe(true);
    expect((await reachOfMember(db, limited([day.id]))).operators).toEqual([]);
  });

  it("still reaches the calls of somebody who was shut out, and not of who left the organization", async () => {
    const { day, lucia, agents, limited } = await newTeams();
    const change = (sql: string) => env.DB.prepare(sql).bind(agents[0].userId).run();
    await change(`UPDATE memberships SET disabled_at = ${NOON} WHERE user_id = ?`);
    expect((await reachOfMember(db, limited([day.id]))).operators).toEqual([lucia.id]);
    await change("DELETE FROM memberships WHERE user_id = ?");
    expect((await reachOfMember(db, limited([day.id]))).operators).toEqual([]);
  });

  it("of several organizations at once reaches nothing of another's, whatever ids stand in the rows", async () => {
    const [one, other] = [await newTeams(), await newTeams()];
    const foreign = [
      one.limited([other.day.id]),
      one.limited(null, "operator", other.lucia.id),
      one.limited([one.day.id]),
      other.limited([other.day.id]),
      other.limited(null, "viewer"),
    ];
    expect((await reachesOfMembers(db, foreign)).map(({ operators }) => operators)).toEqual([
      [],
      [],
      [one.lucia.id],
      [other.lucia.id],
      null,
    ]);
    // A member who is in a team of both and on calls in one.
    const { userId } = other.agents[0];
    await mintMember(db, one.organizationId, { userId, role: "reviewer" });
    await addTeamMember({ db }, one.night, userId, ACT_AT_NOON);
    expect((await reachOfMember(db, one.limited([one.night.id]))).operators).toEqual([one.marta.id]);
  });
});
