export const PEOPLE = "/dashboard/settings/people";
