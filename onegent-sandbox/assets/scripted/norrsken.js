// Flights, in Swedish: two fields that suggest, and a card form in the processor's frame.
const krona = (amount) => Number(amount).toLocaleString("sv-SE", { minimumFractionDigits: 2 }) + " SEK";

const search = () => {
  const from = combobox("Från", "from");
  const to = combobox("Till", "to");
  const day = h("input", { id: "avresa", placeholder: "ÅÅÅÅ-MM-DD", size: 10 });
  const people = h("select", { id: "resenarer" }, [1, 2, 3, 4].map((n) => h("option", { value: n }, n)));
  const error = h("p", { role: "alert" });
  const find = async (event) => {
    event.preventDefault();
    if (!from.chosen() || !to.chosen() || !/^\d{4}-\d\d-\d\d$/.test(day.value)) return void (error.textContent = "Välj orter ur listan och ange datum.");
    location.hash = "flyg";
    const { offers } = await ask(`offers?from=${encodeURIComponent(from.chosen())}&to=${encodeURIComponent(to.chosen())}`);
    results(offers, day.value, Number(people.value));
  };
  show("Vart vill du flyga?", h("form", { submit: find }, from.node, to.node,
    h("label", { for: "avresa" }, "Avresedatum"), day, h("label", { for: "resenarer" }, "Antal resenärer"), people, error, h("button", {}, "Sök flyg")));
};

const results = (offers, date, party) => {
  const flights = offers.flatMap((offer) => offer.times.map((time) => ({ offer, time })));
  show(flights.length ? "Välj flyg" : "Inga flyg hittades", ...flights.map(({ offer, time }) =>
    h("article", {},
      h("h3", {}, `${offer.name} ${offer.city}, avgång ${time}`), h("p", {}, offer.about), h("p", {}, `${krona(offer.price)} per person`),
      h("button", { type: "button", click: () => begin(offer, date, time, party) }, "Välj"))));
};

const begin = async (offer, date, time, party) => {
  const made = await tell("drafts", { entry: offer.id, date, time, party });
  location.hash = "resenar";
  guest({ ...made, rows: [["Flyg", offer.name], ["Sträcka", offer.city], ["Datum", longDay(date)], ["Avgång", time], ["Antal resenärer", String(party)]] });
};

const guest = (made) => {
  const field = (label, id, type, fill) => {
    const own = h("input", { id, type, autocomplete: fill, required: true });
    return [own, h("div", {}, h("label", { for: id }, label), own)];
  };
  const pairs = [
    field("Förnamn", "fornamn", "text", "given-name"), field("Efternamn", "efternamn", "text", "family-name"),
    field("E-post", "epost", "email", "email"), field("Mobilnummer", "mobil", "tel", "tel"),
  ];
  const on = async (event) => {
    event.preventDefault();
    const [given, family, email, phone] = pairs.map(([own]) => own.value);
    await tell(`drafts/${made.draft}/guest`, { given, family, email, phone });
    location.hash = "betalning";
    payment(made);
  };
  show("Resenär och kontakt", facts(made.rows), h("form", { submit: on }, pairs.map(([, node]) => node), h("button", {}, "Fortsätt till betalning")));
};

const payment = (made) => {
  show("Betalning", facts(made.rows), h("p", { class: "total" }, "Att betala: " + krona(made.total)),
    h("iframe", { title: "Säker kortbetalning", src: `${pane}/pane/${made.draft}` }));
  addEventListener("message", async (event) => {
    if (event.origin !== pane || event.data !== "settled") return;
    done(made, await ask("drafts/" + made.draft));
  }, { once: true });
};

const done = (made, { code }) => show("Din bokning är bekräftad", facts([["Bokningsnummer", code], ...made.rows]));

search();
