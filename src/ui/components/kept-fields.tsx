import type { KeptForm } from "../kept-form";

/** The fields of a form that is going to be sent again, with the token of the present session. */
export function KeptFields({ kept, csrf }: { kept: KeptForm | undefined; csrf: string }) {
  return (
    <>
      <input type="hidden" name="csrf" value={csrf} />
      {kept?.fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** The whole form in one field, while nobody is signed in who could send it. */
export function KeptForLater({ kept }: { kept: KeptForm | undefined }) {
  return kept ? <input type="hidden" name="kept" value={JSON.stringify(kept)} /> : null;
}
