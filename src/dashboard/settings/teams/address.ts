export const TEAMS = "/dashboard/settings/teams";
