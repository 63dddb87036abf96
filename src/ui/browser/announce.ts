/** Says something to screen readers that is shown otherwise. */
export function announce(text: string): void {
  let region = document.getElementById("announcements");
  if (!region) {
    region = document.createElement("div");
    region.id = "announcements";
    region.className = "for-screen-readers";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = "";
  const target = region;
  setTimeout(() => (target.textContent = text), 50);
}
