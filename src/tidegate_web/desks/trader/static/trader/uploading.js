// A table is sent in pieces, so that a large one is never whole in memory, and its way is seen.
"use strict";
const form = document.getElementById("upload");
const TABLE = /\.(csv|parquet|pq|ndjson|jsonl)$/i;
form?.addEventListener("submit", (event) => {
  const files = form.querySelector("#files").files;
  if (files.length !== 1 || !TABLE.test(files[0].name)) { return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  send(files[0]).catch((error) => { stop(error.message); });
}, true);

const told = form?.querySelector("#progress");
const token = form?.querySelector("[name=csrfmiddlewaretoken]").value;

function stop(text) {
  told.querySelector("span").textContent = text;
  form.querySelector("button").disabled = false;
}

async function asked(address, body, headers = {}) {
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token, ...headers } });
  if (answer.redirected) { return { address: answer.url }; }
  const said = await answer.json();
  if (!answer.ok) { throw new Error(said.problem || answer.statusText); }
  return said;
}

async function send(file) {
  form.querySelector("button").disabled = true;
  told.hidden = false;
  const said = new FormData();
  said.set("name", file.name);
  said.set("payment", form.querySelector("[name=payment]")?.value || "");
  const begun = await asked(form.dataset.begin, said);
  const place = `${form.dataset.uploads}/${begun.upload}`;
  let offset = 0;
  while (offset < file.size) {
    const piece = file.slice(offset, offset + begun.piece);
    const headers = { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" };
    offset = (await asked(`${place}/octets`, piece, headers)).offset;
    const share = Math.round((100 * offset) / file.size);
    told.querySelector("progress").value = share;
    told.querySelector("span").textContent = `${share} %`;
  }
  const done = await asked(`${place}/complete`, new FormData());
  window.location.assign(done.address || place);
}
