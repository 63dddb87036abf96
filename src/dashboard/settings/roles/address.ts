export const ROLES_PAGE = "/dashboard/settings/roles";
