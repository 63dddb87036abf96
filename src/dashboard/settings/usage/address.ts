export const USAGE = "/dashboard/settings/usage";
