// Tours, in Polish: a list that goes on as one reaches its end, and a guest form in a closed shadow tree.
const zloty = (amount) => Number(amount).toLocaleString("pl-PL", { minimumFractionDigits: 2 }) + " zł";

const list = () => {
  const cards = h("div", { role: "feed" });
  const more = h("button", { type: "button" }, "Pokaż więcej");
  let page = 0;
  let busy = false;
  const load = async () => {
    if (busy) return;
    busy = true;
    const answer = await ask("offers?page=" + page++);
    cards.append(...answer.offers.map((offer) =>
      h("article", {}, h("h3", {}, offer.name), h("p", {}, `${offer.city}. ${offer.about}`), h("p", {}, `${zloty(offer.price)} za osobę`),
        h("button", { type: "button", click: () => details(offer) }, "Wybierz"))));
    if (!answer.more) more.remove();
    busy = false;
  };
  more.addEventListener("click", load);
  new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && page > 0 && scrollY > 0 && load()).observe(more);
  show("Wycieczki z przewodnikiem", cards, more);
  load();
};

const details = (offer) => {
  const day = h("input", { type: "date", min: today, required: true });
  const party = h("input", { type: "number", min: 1, max: 20, value: 1 });
  let time = "";
  const times = offer.times.map((own) =>
    h("div", { role: "radio", "aria-checked": "false", tabindex: 0, class: "press", click: (event) => {
      time = own;
      for (const other of times) other.setAttribute("aria-checked", String(other === event.currentTarget));
    } }, own));
  const error = h("p", { role: "alert" });
  const on = async () => {
    if (!day.value || !time) return void (error.textContent = "Wybierz datę i godzinę.");
    const made = await tell("drafts", { entry: offer.id, date: day.value, time, party: Number(party.value) });
    guest({ ...made, rows: [["Wycieczka", offer.name], ["Data", longDay(day.value)], ["Godzina", time], ["Liczba osób", party.value]] });
  };
  show(offer.name, h("p", {}, `${zloty(offer.price)} za osobę`), h("label", {}, "Data", day), h("label", {}, "Liczba osób", party),
    h("div", { role: "radiogroup", "aria-label": "Godzina" }, times), error, h("button", { type: "button", click: on }, "Dalej"));
};

const guest = (made) => {
  const host = h("guest-details");
  const shadow = host.attachShadow({ mode: "closed" });
  const fields = [["Imię", "text", "given-name"], ["Nazwisko", "text", "family-name"], ["Adres e-mail", "email", "email"], ["Numer telefonu", "tel", "tel"]]
    .map(([label, type, fill]) => [label, h("input", { type, autocomplete: fill, required: true })]);
  const terms = h("input", { type: "checkbox", required: true });
  const on = async (event) => {
    event.preventDefault();
    const [given, family, email, phone] = fields.map(([, own]) => own.value);
    await tell(`drafts/${made.draft}/guest`, { given, family, email, phone });
    review(made, `${given} ${family}`);
  };
  shadow.append(h("form", { submit: on }, fields.map(([label, own]) => h("label", {}, label, own)),
    h("label", {}, terms, " Akceptuję regulamin"), h("button", {}, "Przejdź do podsumowania")));
  show("Dane uczestnika", facts(made.rows), host);
};

const review = (made, name) => {
  const order = async () => done(made, await tell(`drafts/${made.draft}/order`, {}));
  show("Podsumowanie", facts([...made.rows, ["Uczestnik", name]]), h("p", { class: "total" }, "Do zapłaty: " + zloty(made.total)),
    h("p", {}, "Zapisana karta: Visa •••• 4242"), h("button", { type: "button", click: order }, "Zapłać " + zloty(made.total)));
};

const done = (made, { code }) => show("Rezerwacja potwierdzona", facts([["Numer rezerwacji", code], ...made.rows]));

list();
