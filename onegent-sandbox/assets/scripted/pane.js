// The processor's card form: its own script sends it, and tells the page around it.
"use strict";
const byId = (id) => document.getElementById(id);
const onFile = () => document.querySelector("[name=card]:checked").value === "file";
document.addEventListener("change", () => { byId("fields").hidden = onFile(); });
byId("pay").addEventListener("click", async () => {
  if (!onFile()) return void (byId("error").textContent = "Fyll i kortet, eller använd det sparade.");
  const answer = await fetch(`/pane/${document.body.dataset.draft}/settle`, { method: "POST" });
  if (answer.ok) parent.postMessage("settled", "*");
  else byId("error").textContent = "Betalningen misslyckades.";
});
