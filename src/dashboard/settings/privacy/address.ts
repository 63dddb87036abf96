export const PRIVACY = "/dashboard/settings/privacy";
