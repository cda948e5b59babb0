// What the four sites of this storey share: drawing, asking, and the widgets that scripts make.
"use strict";
const { root, pane, today } = document.body.dataset;
const app = document.getElementById("app");
const lang = document.documentElement.lang;

/** Makes an element: attributes by name, functions as listeners, the rest as content. */
const h = (name, given = {}, ...content) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...content.flat().filter((part) => part != null));
  return element;
};

const show = (title, ...content) => {
  document.title = title;
  app.replaceChildren(h("h1", {}, title), ...content.flat().filter((part) => part != null));
};

const ask = async (path) => (await fetch(root + "api/" + path)).json();
const tell = async (path, data) => {
  const answer = await fetch(root + "api/" + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.status === 204 ? null : answer.json();
};

const iso = (day) => day.toISOString().slice(0, 10);
const dayOf = (text) => new Date(text + "T00:00:00Z");
const longDay = (text) =>
  new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" }).format(dayOf(text));
const monthName = (day) =>
  new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(day);
const facts = (rows) =>
  h("dl", {}, rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))));

/** A text field that suggests as one types (WAI-ARIA combobox with a listbox). */
const combobox = (label, id) => {
  const list = h("ul", { role: "listbox", id: id + "-list", hidden: true });
  const field = h("input", {
    id, role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": id + "-list", "aria-expanded": "false",
  });
  let waiting;
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
  };
  field.addEventListener("input", () => {
    field.dataset.chosen = "";
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const names = await ask("places?q=" + encodeURIComponent(field.value));
      list.replaceChildren(...names.map((name) =>
        h("li", { role: "option", click: () => { field.value = field.dataset.chosen = name; close(); } }, name)));
      list.hidden = names.length === 0;
      field.setAttribute("aria-expanded", String(names.length > 0));
    }, 150);
  });
  return { field, node: h("div", {}, h("label", { for: id }, label), field, list), chosen: () => field.dataset.chosen };
};
