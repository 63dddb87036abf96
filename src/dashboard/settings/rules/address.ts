export const RULES = "/dashboard/settings/rules";
