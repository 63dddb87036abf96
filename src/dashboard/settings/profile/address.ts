/** Where a person's own things are. */
export const PROFILE = "/dashboard/settings/profile";
