// What every page does beside HTML and htmx: forms are sent once, errors are read first, keys lead to links.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && form.method === "post") { event.preventDefault(); return; }
  if (form.method === "post" && !form.hasAttribute("hx-post")) {
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) { button.setAttribute("aria-disabled", "true"); }
  }
});
// A page that the browser shows again from its memory may send its forms again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; }
});
document.getElementById("errors")?.focus();

// One key leads to the element that names it with data-key; `?` shows which there are.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) { return; }
  if (event.key === "?") { document.getElementById("keys")?.showModal(); event.preventDefault(); return; }
  if (event.key === "j" || event.key === "k") { step(event.key === "j" ? 1 : -1); return; }
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!found) { return; }
  event.preventDefault();
  if (found.matches("a, button, summary")) { found.click(); }
  if (found.matches("details")) { found.open = true; }
  const field = "input:not([type=hidden]), textarea, select";
  (found.matches("details, form") ? found.querySelector(field) : found)?.focus();
});
// j and k walk the rows of a list; each row has one link, which Enter follows.
function step(by) {
  const links = [...document.querySelectorAll("[data-walk] a[data-row]")];
  if (!links.length) { return; }
  const now = links.indexOf(document.activeElement);
  links[Math.min(Math.max(now + by, 0), links.length - 1)].focus();
}
document.querySelector("#keys button")?.addEventListener("click", () => document.getElementById("keys").close());
// A form in which something was chosen may send itself: filters of lists.
document.addEventListener("change", (event) => { event.target.closest("form[data-auto]")?.requestSubmit(); });
