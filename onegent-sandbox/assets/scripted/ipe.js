// Hotels, in Portuguese: a calendar of its own, steppers, and boxes that are buttons by a script alone.
const real = (amount) => "R$ " + Number(amount).toLocaleString("pt-BR", { minimumFractionDigits: 2 });
const wish = { from: "", until: "", guests: 1, rooms: 1 };

const stepper = (label, key, most) => {
  const field = h("input", { readonly: true, "aria-label": label, id: key, value: wish[key], size: 2 });
  const by = (step) => () => {
    wish[key] = Math.min(most, Math.max(1, wish[key] + step));
    field.value = wish[key];
  };
  return h("p", {}, label + " ",
    h("button", { type: "button", "aria-label": "Diminuir " + label.toLowerCase(), click: by(-1) }, "−"), field,
    h("button", { type: "button", "aria-label": "Aumentar " + label.toLowerCase(), click: by(1) }, "+"));
};

/** Cells that only listen: no button, no label but the number. */
const calendar = (chosen) => {
  const now = dayOf(today);
  let month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const box = h("div", { role: "dialog", "aria-label": "Datas da estadia", class: "panel" });
  const pick = (day) => () => {
    if (!wish.from || wish.until || day <= wish.from) {
      wish.from = day;
      wish.until = "";
      draw();
    } else {
      wish.until = day;
      chosen();
    }
  };
  const turn = (by) => () => {
    month = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + by, 1));
    draw();
  };
  const draw = () => {
    const rows = [];
    const day = new Date(month);
    while (day.getUTCMonth() === month.getUTCMonth()) {
      if (!rows.length || day.getUTCDay() === 0) rows.push(h("tr", {}, Array.from({ length: day.getUTCDay() }, () => h("td"))));
      const own = iso(day);
      const open = own >= today;
      rows.at(-1).append(h("td", open ? { click: pick(own), style: own === wish.from ? "outline:2px solid" : "cursor:pointer" } : { style: "color:#aaa" }, String(day.getUTCDate())));
      day.setUTCDate(day.getUTCDate() + 1);
    }
    box.replaceChildren(
      h("span", { class: "press", title: "Mês anterior", click: turn(-1) }, "‹"),
      h("strong", {}, monthName(month)),
      h("span", { class: "press", title: "Próximo mês", click: turn(1) }, "›"),
      h("table", {}, rows));
  };
  draw();
  return box;
};

const search = () => {
  const place = h("input", { id: "place", placeholder: "Cidade ou pousada" });
  const dates = h("button", { type: "button", "aria-haspopup": "dialog" }, "Escolha as datas");
  const spot = h("div");
  const chosen = () => {
    spot.replaceChildren();
    dates.textContent = `${longDay(wish.from)} – ${longDay(wish.until)}`;
  };
  dates.addEventListener("click", () => spot.replaceChildren(calendar(chosen)));
  const error = h("p", { role: "alert" });
  const find = async () => {
    if (!place.value || !wish.until) return void (error.textContent = "Informe o destino e as datas.");
    const { offers } = await ask("offers?to=" + encodeURIComponent(place.value));
    history.pushState(null, "", root + "?busca");
    results(offers);
  };
  show("Onde você quer ficar?", h("label", {}, "Destino", place), dates, spot,
    stepper("Hóspedes", "guests", 8), stepper("Quartos", "rooms", 4), error, h("div", { class: "press", role: "button", tabindex: 0, click: find }, "Buscar"));
};

const results = (offers) =>
  show("Pousadas disponíveis", h("ul", {}, offers.map((offer) =>
    h("li", { class: "panel" },
      h("h3", {}, offer.name), h("p", {}, `${offer.city}. ${offer.about}`), h("p", {}, `${real(offer.price)} por noite`),
      h("div", { class: "press", click: () => begin(offer) }, "Selecionar")))));

const begin = async (offer) => {
  const made = await tell("drafts", { entry: offer.id, date: wish.from, until: wish.until, party: wish.guests });
  guest({ ...made, rows: [
    ["Pousada", offer.name], ["Entrada", longDay(wish.from)], ["Saída", longDay(wish.until)], ["Hóspedes", String(wish.guests)],
  ] });
};

const guest = (made) => {
  const field = (label, name, type) => {
    const own = h("input", { name, type, required: true });
    return [own, h("p", {}, h("span", {}, label), " ", own)];
  };
  const pairs = [field("Nome", "nome", "text"), field("Sobrenome", "sobrenome", "text"), field("E-mail", "email", "email"), field("Celular", "celular", "tel")];
  const on = async (event) => {
    event.preventDefault();
    const [given, family, email, phone] = pairs.map(([own]) => own.value);
    await tell(`drafts/${made.draft}/guest`, { given, family, email, phone });
    history.pushState(null, "", root + "?pagamento");
    review(made, `${given} ${family}`);
  };
  show("Seus dados", facts(made.rows), h("form", { submit: on }, pairs.map(([, node]) => node),
    h("label", {}, h("input", { type: "checkbox", name: "novidades" }), " Quero receber novidades por e-mail"), h("button", {}, "Continuar")));
};

const review = (made, name) => {
  const order = async () => {
    const answer = await tell(`drafts/${made.draft}/order`, {});
    history.pushState(null, "", root + "?pronto");
    done(made, answer);
  };
  show("Revise sua reserva", facts([...made.rows, ["Hóspede", name]]),
    made.free ? h("p", {}, "Total a pagar agora: R$ 0,00") : h("p", { class: "total" }, "Total a pagar: " + real(made.total)),
    made.free ? null : h("p", {}, "Cobrança no cartão cadastrado, final 4242."),
    h("div", { class: "press", role: "button", tabindex: 0, click: order }, made.free ? "Concluir reserva" : "Pagar e reservar"));
};

const done = (made, { code }) =>
  show("Reserva confirmada", facts([["Código da reserva", code], ...made.rows]));

search();
