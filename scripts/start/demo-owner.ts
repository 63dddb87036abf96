import { expectSuccess, isObject, request, textAt, type Answer } from "../api-client.ts";
import { Trouble } from "../trouble.ts";

/** Who signs in to the demo organization. The password is made once; whoever changes it knows the new one. */
export type DemoOwner = { ownerEmail: string; ownerPassword: string };

type Deployment = { url: string; adminToken: string };
type Known = Partial<DemoOwner> & { apiKey?: string; organizationId?: string };

const EMAIL = "owner@demo.test";
const PASSWORD_CHARACTERS = 12;

/** The owner of earlier starts if they are a member still, else a new one. */
export async function prepareOwner(deployment: Deployment, known: Known): Promise<DemoOwner> {
  const { ownerEmail, ownerPassword, apiKey = "", organizationId = "" } = known;
  if (ownerEmail && ownerPassword && (await isMember(deployment.url, apiKey, ownerEmail)))
    return { ownerEmail, ownerPassword };
  return createOwner(deployment, organizationId);
}

/** Invites an owner and accepts at once, as a person would by the link. */
export async function createOwner({ url, adminToken }: Deployment, organizationId: string): Promise<DemoOwner> {
  const ownerPassword = randomWord(PASSWORD_CHARACTERS);
  // An earlier demo organization may have taken the address: its account is somebody's and stays.
  for (const ownerEmail of [EMAIL, `owner-${randomWord(4)}@demo.test`]) {
    const invited = expectSuccess(
      await request(url, `/admin/organizations/${encodeURIComponent(organizationId)}/owner-invitations`, {
        method: "POST",
        token: adminToken,
        body: { email: ownerEmail },
      }),
      "inviting the demo owner",
    );
    const link = textAt(invited, ["link"]);
    const accepted = await request(url, "/v1/invitations/accept", {
      method: "POST",
      body: { token: link.slice(link.lastIndexOf("/") + 1), name: "Demo Owner", password: ownerPassword },
    });
    if (accepted.status === 409) continue;
    expectSuccess(accepted, "making the demo owner");
    return { ownerEmail, ownerPassword };
  }
  throw new Trouble("the demo owner could not be made: every address is taken");
}

async function isMember(url: string, apiKey: string, email: string): Promise<boolean> {
  const answer = await request(url, "/v1/members?limit=200", { token: apiKey });
  return membersIn(answer).some((member) => isObject(member) && member.email === email && member.disabled_at === null);
}

function membersIn({ status, body }: Answer): unknown[] {
  return status === 200 && isObject(body) && Array.isArray(body.data) ? body.data : [];
}

/** Letters that are not mistaken for one another, five bits each. */
function randomWord(length: number): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789x";
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters.charAt(byte & 31)).join("");
}
