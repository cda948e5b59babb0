//! What pages say when a way ends, in the languages of the gate's words. All phrases are folded. The lists are kept out of
//! rustfmt, which would give every phrase a line.

/// Buttons of forms that have nothing to do with a booking.
#[rustfmt::skip]
pub(super) const ASIDE_FORM: &[&str] = &[
    "subscribe", "newsletter", "sign up for", "apply code", "apply coupon", "redeem", "abonnieren", "sabonner", "suscribirse", "iscriviti alla newsletter", "assinar", "inschrijven voor de nieuwsbrief", "メルマガ登録", "订阅", "set language", "change language", "change currency",
];

/// Buttons and headings that sign in.
#[rustfmt::skip]
pub(super) const SIGN_IN: &[&str] = &[
    "sign in", "log in", "login", "sign up", "create account", "anmelden", "einloggen", "se connecter", "connexion", "connectez vous", "iniciar sesion", "inicia sesion", "accedi", "entrar", "iniciar sessao", "inloggen", "zaloguj", "logga in", "ログイン", "サインイン", "登录", "登入",
];

/// A way past a sign-in.
#[rustfmt::skip]
pub(super) const AS_GUEST: &[&str] = &[
    "as a guest", "as guest", "guest checkout", "without an account", "without account", "without registering", "without signing in", "skip sign in", "als gast", "ohne konto", "ohne anmeldung", "en tant quinvite", "sans compte", "sans creer de compte", "como invitado", "sin cuenta", "sin registrarse", "come ospite", "senza account", "senza registrazione", "como convidado", "sem conta", "als gast doorgaan", "zonder account", "ゲストとして", "会員登録せず", "登録せずに", "游客", "以访客身份", "免登录", "不登录",
];

/// Proof of a human is wanted.
#[rustfmt::skip]
pub(super) const HUMAN: &[&str] = &[
    "are you a person", "are you human", "are you a human", "are you a robot", "not a robot", "verify you are human", "verifying you are human", "checking your browser", "security check", "prove you are", "captcha", "bist du ein mensch", "sind sie ein mensch", "kein roboter", "etes vous humain", "pas un robot", "no soy un robot", "eres humano", "non sono un robot", "nao sou um robo", "geen robot", "ロボットではありません", "人机验证", "真人验证",
];

/// One has to wait to be let in.
#[rustfmt::skip]
pub(super) const QUEUE: &[&str] = &[
    "waiting room", "you are in line", "you are in the queue", "you are now in line", "virtual queue", "warteraum", "warteschlange", "salle dattente", "file dattente", "sala de espera", "cola virtual", "sala dattesa", "fila de espera", "wachtrij", "wachtkamer", "待機室", "順番待ち", "排队",
];

/// The site lost what was begun, or fails.
#[rustfmt::skip]
pub(super) const ENDED: &[&str] = &[
    "session has ended", "session has expired", "session expired", "your session timed out", "something went wrong", "under maintenance", "temporarily unavailable", "service unavailable", "sitzung ist abgelaufen", "sitzung abgelaufen", "wartungsarbeiten", "session a expire", "session expiree", "en maintenance", "sesion ha caducado", "sesion ha expirado", "sessione e scaduta", "sessione scaduta", "sessao expirou", "sessie is verlopen", "セッションが切れました", "メンテナンス", "会话已过期", "系统维护",
];

/// Nothing is left. Beside a name, or on a page with no way on.
#[rustfmt::skip]
pub(super) const SOLD_OUT: &[&str] = &[
    "sold out", "fully booked", "booked out", "not available", "no availability", "unavailable", "no longer available", "just been taken", "no tables", "no rooms available", "no flights", "no stays", "no results", "no restaurants", "nothing found", "no match", "no matches", "nothing available", "no seats", "none available", "no times available", "no slots available", "closed on this day", "is full", "no vacancies", "waitlist only",
    "ausgebucht", "ausverkauft", "nicht verfugbar", "keine verfugbarkeit", "keine tische", "keine zimmer", "keine fluge", "keine treffer", "keine ergebnisse", "nichts gefunden", "belegt", "keine freien", "complet", "epuise", "indisponible", "aucune disponibilite", "non disponible", "plus disponible", "aucun resultat", "aucune table", "aucune chambre", "aucun vol", "agotado", "completo", "no disponible", "sin disponibilidad", "no hay disponibilidad", "no hay mesas", "no hay habitaciones", "sin resultados", "no hay vuelos", "no se han encontrado",
    "esaurito", "al completo", "nessuna disponibilita", "nessun risultato", "nessun tavolo", "nessuna camera", "nessun volo", "esgotado", "lotado", "indisponivel", "sem disponibilidade", "nao ha mesas", "nenhum resultado", "nenhum voo", "uitverkocht", "volgeboekt", "niet beschikbaar", "geen beschikbaarheid", "geen resultaten", "geen tafels", "geen kamers", "geen vluchten", "wyprzedane", "brak miejsc", "niedostepne", "brak wynikow", "slutsald", "fullbokat", "満席", "満室", "空席なし", "空室なし", "売り切れ", "完売", "予約不可", "該当なし", "見つかりません", "空きがありません", "已满", "售罄", "无房", "没有结果", "已订满", "暂无", "额满", "满房",
];

/// Something is booked.
#[rustfmt::skip]
pub(super) const BOOKED: &[&str] = &[
    "is booked", "are booked", "youre booked", "you are booked", "booking confirmed", "booking is confirmed", "reservation confirmed", "reservation is confirmed", "table is confirmed", "order confirmed", "is confirmed", "has been confirmed", "booking complete", "booking is complete", "reservation complete", "thank you for your booking", "thank you for your reservation", "thank you for your order", "thanks for booking", "successfully booked", "your booking was successful", "see you soon", "your tickets are ready", "we look forward to", "booked successfully", "request has been received", "request has been sent",
    "buchung bestatigt", "buchung ist bestatigt", "reservierung bestatigt", "reservierung ist bestatigt", "erfolgreich gebucht", "erfolgreich reserviert", "vielen dank fur ihre buchung", "vielen dank fur ihre reservierung", "danke fur ihre reservierung", "reservation confirmee", "reservation est confirmee", "merci pour votre reservation", "merci de votre reservation", "reservation enregistree", "reserva confirmada", "reserva esta confirmada", "gracias por su reserva", "gracias por tu reserva", "reserva realizada", "prenotazione confermata", "prenotazione e confermata", "grazie per la prenotazione", "grazie per aver prenotato", "reserva foi confirmada", "obrigado pela sua reserva", "obrigado pela reserva", "boeking bevestigd", "reservering bevestigd", "reservering is bevestigd", "bedankt voor uw reservering", "bedankt voor je reservering", "rezerwacja potwierdzona", "bokningen ar bekraftad",
    "予約が完了", "ご予約完了", "予約完了", "予約が確定", "ご予約を承りました", "予約を承りました", "ご予約ありがとうございます", "预订成功", "预约成功", "預訂成功", "预订已确认", "感谢您的预订", "订单已确认",
];

/// The site says that it took nothing.
#[rustfmt::skip]
pub(super) const REFUSED: &[&str] = &[
    "price has changed", "just been taken", "declined", "could not be completed", "could not complete", "was not completed", "could not be booked", "not booked", "please check the marked fields", "payment failed", "no longer available", "please fill in", "has failed", "abgelehnt", "konnte nicht", "preis hat sich geandert", "nicht mehr verfugbar", "a ete refuse", "a echoue", "prix a change", "nest plus disponible", "rechazado", "ha fallado", "no se ha podido", "precio ha cambiado", "ya no esta disponible", "rifiutato", "non e riuscit", "prezzo e cambiato", "recusado", "falhou", "preco mudou", "geweigerd", "mislukt", "prijs is gewijzigd", "失敗しました", "できませんでした", "失败", "已被预订",
];

/// Labels of a confirmation's code, and of nothing else's.
#[rustfmt::skip]
pub(super) const CODE: &[&str] = &[
    "confirmation code", "confirmation number", "confirmation no", "booking code", "booking number", "booking reference", "booking id", "booking ref", "reservation code", "reservation number", "reservation id", "record locator", "pnr", "buchungsnummer", "buchungscode", "reservierungsnummer", "bestatigungsnummer", "bestatigungscode", "numero de reservation", "reference de reservation", "code de confirmation", "numero de confirmation", "numero de reserva", "codigo de reserva", "codigo de confirmacion", "localizador", "codice di prenotazione", "numero di prenotazione", "codice di conferma", "codice prenotazione", "numero prenotazione", "codigo da reserva", "numero da reserva", "codigo de confirmacao", "boekingsnummer", "reserveringsnummer", "bevestigingsnummer", "bevestigingscode", "numer rezerwacji", "bokningsnummer", "予約番号", "確認番号", "予約コード", "预订号", "预订编号", "确认号", "確認碼",
];

/// Labels of codes that confirmations bear, and failures as well.
#[rustfmt::skip]
pub(super) const ANY_CODE: &[&str] = &[
    "reference", "reference number", "order code", "order number", "your code", "bestellnummer", "订单号",
];

/// What is pressed in a card to go on with it.
#[rustfmt::skip]
pub(super) const TAKE: &[&str] = &[
    "select", "choose", "see rooms", "see room", "view rooms", "rooms", "see availability", "check availability", "availability", "view deal", "see deal", "details", "see details", "see times", "more", "take", "get", "add to cart", "wahlen", "auswahlen", "zimmer ansehen", "verfugbarkeit", "zum angebot", "ansehen", "choisir", "selectionner", "voir les chambres", "voir", "disponibilites", "elegir", "seleccionar", "ver habitaciones", "ver disponibilidad", "ver", "scegli", "seleziona", "vedi camere", "vedi", "escolher", "selecionar", "ver quartos", "kies", "kiezen", "selecteer", "bekijk", "bekijk kamers", "wybierz", "valj", "選択", "選ぶ", "空室を見る", "詳細", "部屋を見る", "选择", "查看房型", "查看", "选房",
];

/// Puts what is chosen into a cart.
#[rustfmt::skip]
pub(super) const INTO_CART: &[&str] = &[
    "add to cart", "add to basket", "add to bag", "add to order", "add to my order", "put in cart", "in den warenkorb", "zum warenkorb hinzufugen", "ajouter au panier", "mettre au panier", "anadir al carrito", "agregar al carrito", "anadir a la cesta", "aggiungi al carrello", "adicionar ao carrinho", "in winkelwagen", "in winkelmand", "aan winkelwagen toevoegen", "dodaj do koszyka", "do koszyka", "lagg i varukorgen", "lagg i kundvagn", "カートに入れる", "カートに追加", "加入购物车", "加入購物車", "放入购物车",
];

/// Names the cart. A link that says nothing more leads to it.
#[rustfmt::skip]
pub(super) const CART: &[&str] = &[
    "cart", "your cart", "my cart", "view cart", "show cart", "go to cart", "see cart", "to cart", "shopping cart", "basket", "your basket", "view basket", "go to basket", "shopping basket", "view order", "warenkorb", "zum warenkorb", "warenkorb ansehen", "panier", "mon panier", "voir le panier", "voir mon panier", "carrito", "ver carrito", "ver el carrito", "cesta", "ver cesta", "carrello", "vai al carrello", "vedi carrello", "carrinho", "ver carrinho", "winkelwagen", "naar winkelwagen", "bekijk winkelwagen", "winkelmand", "koszyk", "zobacz koszyk", "przejdz do koszyka", "varukorg", "till varukorgen", "カート", "カートを見る", "カートへ進む", "购物车", "查看购物车", "購物車",
];

/// Goes back to the shelf.
#[rustfmt::skip]
pub(super) const SHOP_ON: &[&str] = &[
    "shopping", "browsing", "weiter einkaufen", "einkauf fortsetzen", "mes achats", "vos achats", "comprando", "lo shopping", "gli acquisti", "comprar", "winkelen", "zakupy", "handla", "買い物", "购物",
];

/// Sold to some only, or not for one person.
#[rustfmt::skip]
pub(super) const REDUCED: &[&str] = &[
    "reduced", "concession", "concessions", "discounted", "student", "students", "senior", "seniors", "youth", "child", "children", "infant", "member", "members", "disabled", "wheelchair", "carer", "companion", "resident", "residents", "family", "group", "staff", "press", "voucher", "gift", "donation", "ermassigt", "studierende", "studenten", "senioren", "kinder", "kind", "mitglieder", "familie", "gruppe", "gutschein", "spende", "begleitperson", "reduit", "etudiant", "enfant", "famille", "groupe", "adherent", "cadeau", "don", "reducida", "reducido", "estudiante", "nino", "familia", "grupo", "socio", "regalo", "ridotto", "studente", "bambino", "famiglia", "gruppo", "socio", "meia", "estudantes", "crianca", "korting", "kind tot", "gezin", "groep", "ulgowy", "rodzinny", "学生", "子供", "小人", "シニア", "会員", "儿童", "老人", "优惠票",
];

/// What says no to something besides.
#[rustfmt::skip]
pub(super) const WITHOUT: &[&str] = &[
    "no", "none", "without", "no thanks", "no thank you", "not needed", "skip", "decline", "i dont", "dont", "ohne", "nein", "kein", "keine", "nicht", "sans", "non", "aucun", "aucune", "sin", "ninguno", "ninguna", "senza", "nessuno", "nessuna", "sem", "nao", "nenhum", "nenhuma", "zonder", "nee", "geen", "bez", "nie", "utan", "nej", "なし", "いいえ", "不要", "希望しない", "无", "否", "不需要",
];

/// To the next month of a calendar, or one more.
#[rustfmt::skip]
pub(super) const NEXT_MONTH: &[&str] = &[
    "next month", "next", "nachster monat", "mois suivant", "suivant", "mes siguiente", "siguiente", "mese successivo", "mes seguinte", "proximo mes", "volgende maand", "翌月", "次の月", "次へ", "下个月", "下月",
];

/// Opens a calendar.
#[rustfmt::skip]
pub(super) const DATES: &[&str] = &[
    "dates", "date", "check in", "check in date", "select dates", "choose dates", "calendar", "datum", "daten", "reisedaten", "anreise", "kalender", "les dates", "arrivee", "calendrier", "fechas", "fecha", "llegada", "entrada", "calendario", "arrivo", "datas", "data", "chegada", "calendario", "aankomst", "daty", "termin", "kalendarz", "datumen", "日付", "日程", "宿泊日", "カレンダー", "日期", "入住日期",
];

/// Brings up more of a list.
#[rustfmt::skip]
pub(super) const MORE: &[&str] = &[
    "load more", "show more", "more results", "see more", "view more", "more activities", "more hotels", "mehr anzeigen", "mehr laden", "weitere ergebnisse", "voir plus", "afficher plus", "charger plus", "plus de resultats", "ver mas", "mostrar mas", "cargar mas", "mas resultados", "carica altri", "mostra altri", "mostra di piu", "altri risultati", "carregar mais", "ver mais", "mostrar mais", "mais resultados", "meer laden", "toon meer", "meer resultaten", "pokaz wiecej", "wiecej wynikow", "zaladuj wiecej", "visa fler", "ladda fler", "もっと見る", "さらに表示", "もっと表示", "加载更多", "查看更多", "更多结果",
];

#[cfg(test)]
pub(super) const ALL: [&[&str]; 20] = [
    ASIDE_FORM, SIGN_IN, AS_GUEST, HUMAN, QUEUE, ENDED, SOLD_OUT, BOOKED, REFUSED, CODE, ANY_CODE, TAKE,
    INTO_CART, CART, SHOP_ON, REDUCED, WITHOUT, NEXT_MONTH, DATES, MORE,
];
