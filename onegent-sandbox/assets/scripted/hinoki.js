// Restaurants, in Japanese: one address for all steps, names as one types, a grid of times.
const yen = (amount) => Number(amount).toLocaleString("ja-JP") + "円";

const search = () => {
  const place = combobox("店名またはエリア", "place");
  const day = h("input", { type: "date", id: "day", min: today, required: true });
  const party = h("select", { id: "party" }, [1, 2, 3, 4, 5, 6].map((n) => h("option", { value: n }, n + "名")));
  const error = h("p", { role: "alert" });
  const find = async (event) => {
    event.preventDefault();
    if (!place.chosen() || !day.value) return void (error.textContent = "候補からお店を選び、日付を入力してください。");
    const { offers } = await ask("offers?to=" + encodeURIComponent(place.chosen()));
    results(offers, day.value, Number(party.value));
  };
  show("お店を探す", h("form", { submit: find },
    place.node, h("label", {}, "日付", day), h("label", {}, "人数", party), error, h("button", {}, "検索")));
};

const results = (offers, date, party) =>
  show("空席状況", offers.map((offer) =>
    h("article", {},
      h("h2", {}, offer.name),
      h("p", {}, `${offer.city}・${offer.about}`),
      Number(offer.price) ? h("p", {}, `お一人様 ${yen(offer.price)}（前払い）`) : h("p", {}, "予約無料"),
      h("div", {}, offer.times.map((time) =>
        h("button", { type: "button", click: () => begin(offer, date, time, party) }, time))))));

const begin = async (offer, date, time, party) => {
  const made = await tell("drafts", { entry: offer.id, date, time, party });
  guest({ ...made, rows: [["店名", offer.name], ["日付", longDay(date)], ["時間", time], ["人数", party + "名"]] });
};

const guest = (made) => {
  const field = (label, type, fill) => h("input", { "aria-label": label, type, autocomplete: fill, placeholder: label, required: true });
  const fields = [
    field("姓", "text", "family-name"), field("名", "text", "given-name"), field("メールアドレス", "email", "email"), field("電話番号", "tel", "tel"),
  ];
  const terms = h("input", { type: "checkbox", required: true });
  const error = h("p", { role: "alert" });
  const on = async () => {
    if (![...fields, terms].every((own) => own.checkValidity())) return void (error.textContent = "未入力の項目があります。");
    const [family, given, email, phone] = fields.map((own) => own.value);
    await tell(`drafts/${made.draft}/guest`, { family, given, email, phone });
    review(made, family + " " + given + " 様");
  };
  show("お客様情報の入力", facts(made.rows), ...fields, h("label", {}, terms, " 利用規約に同意する"), error,
    h("button", { type: "button", click: on }, "確認画面へ進む"));
};

const review = (made, name) => {
  const order = async () => done(made, await tell(`drafts/${made.draft}/order`, {}));
  show("予約内容の確認", facts([...made.rows, ["お名前", name]]),
    made.free ? h("p", { class: "total" }, "お支払い合計: 0円") : h("p", { class: "total" }, "お支払い合計: " + yen(made.total)),
    made.free ? null : h("p", {}, "登録済みのカード（Visa •••• 4242）でお支払いいただきます。"),
    h("button", { type: "button", click: order }, made.free ? "予約を確定する" : "支払って予約を確定する"));
};

const done = (made, { code }) =>
  show("ご予約が完了しました", h("p", { role: "status" }, "ご予約ありがとうございます。"), facts([["予約番号", code], ...made.rows]));

search();
