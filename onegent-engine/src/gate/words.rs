//! What buttons say, in eleven languages in full: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish,
//! Swedish, Japanese, Chinese; and the words for paying and booking in a dozen more. All phrases are folded (lower case,
//! no accents, no punctuation). The lists are kept out of rustfmt, which would give every phrase a line.

pub(crate) mod pages;

use crate::browser::fold::{fold, has_phrase, look};

/// Something that is said, folded once: as it is written, and as it looks.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    texts: Vec<String>,
}

impl Label {
    pub(crate) fn new(text: &str) -> Self {
        Self { texts: read(text) }
    }

    /// The accessible name of a control, and whatever else it is called.
    pub(crate) fn of_control(name: &str, says: &[String]) -> Self {
        Self { texts: std::iter::once(name).chain(says.iter().map(String::as_str)).flat_map(read).collect() }
    }

    /// Whether one of the phrases stands in it.
    pub(crate) fn has(&self, phrases: &[&str]) -> bool {
        self.texts.iter().any(|text| phrases.iter().any(|phrase| has_phrase(text, phrase)))
    }

    /// Whether its name begins with one of the phrases.
    pub(crate) fn begins(&self, phrases: &[&str]) -> bool {
        let name = self.texts.first().map_or("", String::as_str);
        phrases.iter().any(|phrase| name.starts_with(phrase) && has_phrase(name, phrase))
    }

    /// The same without these phrases.
    pub(crate) fn without(&self, phrases: &[&str]) -> Self {
        let cut = |text: &String| {
            let found = phrases.iter().filter(|phrase| has_phrase(text, phrase));
            found.fold(text.clone(), |text, phrase| text.replace(phrase, " ").trim().to_owned())
        };
        Self { texts: self.texts.iter().map(cut).collect() }
    }

    /// Whether it has no letter and no digit.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.iter().all(String::is_empty)
    }
}

/// The readings of a text: as it is written, as it looks, and with elided articles apart (`l'addebito`).
fn read(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut readings = vec![look(&folded)];
    if text.contains(['\'', '’']) {
        readings.push(fold(&text.replace(['\'', '’'], " ")));
    }
    readings.retain(|reading| *reading != folded);
    readings.insert(0, folded);
    readings
}

/// Pays, or promises to.
#[rustfmt::skip]
pub(crate) const PAY: &[&str] = &[
    "pay", "pay now", "buy", "buy now", "purchase", "place order", "place your order", "order now",
    "submit order", "place binding order", "submit payment", "make payment", "make a payment",
    "complete payment", "confirm payment", "confirm and pay", "authorise", "authorize", "donate",
    "subscribe", "start trial", "start free trial", "guarantee", "guarantee with card",
    "secure with card", "apple pay", "google pay", "paypal", "click to pay", "charge", "deposit",
    "zahlungspflichtig", "kostenpflichtig", "jetzt kaufen", "kaufen", "bezahlen", "zahlen",
    "jetzt bestellen", "bestellen", "bestellung aufgeben", "payer", "regler", "acheter", "commander",
    "passer commande", "obligation de paiement", "valider le paiement", "pagar", "comprar",
    "realizar pedido", "efectuar el pago", "confirmar pago", "paga", "pagare", "acquista", "compra",
    "obbligo di pagamento", "ordina", "conferma e paga", "efetuar pagamento", "finalizar compra",
    "betalen", "betaal", "kopen", "koop nu", "betalingsverplichting", "zaplac", "kup", "kup teraz",
    "obowiazkiem zaplaty", "betala", "kop", "kop nu", "slutfor kop", "支払う", "支払いを確定", "購入", "決済",
    "注文を確定", "注文する", "支付", "付款", "购买", "購買", "立即下单", "提交订单",
    "obligation to pay", "with obligation", "verbindlich buchen", "verbindlich bestellen", "kauf auf rechnung", "ratenkauf", "afrekenen", "kupuje", "zamawiam",
    "betalningsskyldighet", "use points", "use miles", "redeem", "buy now pay later", "instalments", "installments",
    "odeme", "odeme yap", "satin al", "ادفع", "الدفع", "شراء", "الشراء", "оплатить", "оплата", "купить", "заказать",
    "결제", "구매", "지불", "भुगतान", "खरीदें", "zaplatit", "koupit", "objednat", "fizetes", "fizetesi", "vasarlas",
    "πληρωμη", "αγορα", "תשלום", "לתשלום", "betal", "kob", "kjop", "betalingsplikt", "maksa", "osta", "thanh toan",
    "mua ngay", "bayar", "beli", "plateste", "cumpara", "alipay", "wechat", "mercado pago", "m pesa", "blik", "klarna",
    "gpay", "ideal", "pix", "swish", "twint", "bizum", "vipps", "mobilepay", "afterpay", "bancontact", "giropay", "paytm",
    "venmo", "upi",
];

/// Leads to the page where one pays, and does not pay yet.
#[rustfmt::skip]
pub(crate) const TO_PAYMENT: &[&str] = &[
    "to payment", "to card details", "to checkout", "to the checkout", "to secure payment",
    "enter payment details", "enter card details", "payment details", "checkout", "zur kasse",
    "zur zahlung", "zu den zahlungsdaten", "au paiement", "vers le paiement", "au reglement", "al pago",
    "con el pago", "al pagamento", "con il pagamento", "para pagamento", "para o pagamento",
    "naar betalen", "naar betaling", "naar de betaling", "do platnosci", "till betalning",
    "till kassan", "支払いへ", "お支払いへ", "支払い方法へ", "去结算", "前往付款", "去支付", "去付款",
];

/// Books for good, even with no word of booking.
#[rustfmt::skip]
pub(crate) const FINAL: &[&str] = &[
    "confirm", "complete", "finish", "finalise", "finalize", "submit", "send", "send request",
    "request", "place", "i confirm", "i agree", "accept and", "agree and", "done", "bestatigen",
    "abschliessen", "verbindlich", "absenden", "anfrage senden", "abschicken", "confirmer", "valider",
    "finaliser", "terminer", "envoyer", "confirmar", "finalizar", "completar", "enviar", "terminar",
    "conferma", "confermare", "completa", "concludi", "invia", "termina", "concluir", "bevestigen",
    "bevestig", "afronden", "voltooien", "verzenden", "potwierdz", "zakoncz", "wyslij", "zatwierdz",
    "bekrafta", "slutfor", "skicka", "確定", "完了", "申し込む", "申込", "送信", "确认", "確認", "提交", "完成",
];

/// Books; final only once the site knows the guest.
#[rustfmt::skip]
pub(crate) const BOOK: &[&str] = &[
    "book", "booking", "reserve", "reservation", "get tickets", "get free tickets", "tickets", "rsvp",
    "register", "order", "buchen", "buchung", "reservieren", "reservierung", "reserver", "inscription",
    "reservar", "reserva", "inscribirse", "prenota", "prenotare", "prenotazione", "iscriviti",
    "inscrever", "boeken", "boek", "reserveren", "reserveer", "zarezerwuj", "rezerwuj", "rezerwuje",
    "boka", "reservera", "予約", "预订", "预约", "預訂", "預約", "rezervasyon", "забронировать", "бронировать", "예약",
    "حجز", "احجز", "rezervovat", "rezervace", "foglalas", "κρατηση", "varaa", "rezerva",
];

/// Leads to a step that it names.
#[rustfmt::skip]
pub(crate) const TO_STEP: &[&str] = &[
    "to review", "review", "to summary", "summary", "to extras", "extras", "to details", "your details",
    "to passengers", "with these flights", "to guest", "to overview", "overview", "ubersicht",
    "zusammenfassung", "recapitulatif", "resumen", "riepilogo", "resumo", "overzicht", "podsumowanie", "podsumowania",
    "oversikt", "確認画面", "确认页面", "内容確認",
];

/// Goes on, without saying where to.
#[rustfmt::skip]
pub(crate) const ON: &[&str] = &[
    "continue", "next", "next step", "proceed", "go on", "forward", "weiter", "suivant", "continuer",
    "etape suivante", "siguiente", "continuar", "avanti", "continua", "prosegui", "seguinte", "proximo",
    "avancar", "volgende", "verder", "doorgaan", "dalej", "kontynuuj", "nasta", "fortsatt", "次へ", "進む",
    "続ける", "下一步", "继续", "繼續",
];

/// Looks, changes what is looked at, or goes back.
#[rustfmt::skip]
pub(crate) const LOOK: &[&str] = &[
    "search", "find", "show", "filter", "sort", "see", "view", "edit", "change", "modify", "back",
    "update", "apply filters", "suchen", "finden", "anzeigen", "andern", "zuruck", "rechercher",
    "trouver", "chercher", "voir", "afficher", "modifier", "retour", "buscar", "ver", "mostrar",
    "modificar", "volver", "cerca", "trova", "vedi", "mostra", "modifica", "indietro", "procurar",
    "pesquisar", "voltar", "zoeken", "zoek", "toon", "wijzigen", "terug", "szukaj", "pokaz", "zmien",
    "wstecz", "sok", "visa", "andra", "tillbaka", "検索", "探す", "表示", "変更", "戻る", "搜索", "查找", "查看", "修改",
    "返回",
];

/// Answers a cookie banner or closes a dialog.
#[rustfmt::skip]
pub(crate) const DISMISS: &[&str] = &[
    "accept all", "reject all", "accept", "reject", "decline", "deny", "only necessary",
    "necessary only", "allow all", "close", "dismiss", "no thanks", "not now", "got it",
    "alle akzeptieren", "alle ablehnen", "ablehnen", "akzeptieren", "nur notwendige", "schliessen",
    "tout accepter", "tout refuser", "refuser", "accepter", "fermer", "aceptar", "rechazar", "cerrar",
    "accetta", "rifiuta", "chiudi", "aceitar", "rejeitar", "recusar", "fechar", "accepteren",
    "weigeren", "sluiten", "akceptuje", "odrzuc", "zamknij", "acceptera", "avvisa", "stang", "同意する",
    "拒否", "閉じる", "接受", "拒绝", "关闭", "nein danke", "non merci", "no gracias", "no grazie", "nao obrigado",
    "nee bedankt", "nie dziekuje", "nej tack", "いいえ", "不用",
];

/// Reads something else, for its own sake.
#[rustfmt::skip]
pub(crate) const ASIDE: &[&str] = &[
    "terms", "conditions", "privacy", "policy", "imprint", "legal", "cookies", "help", "faq", "contact", "about",
    "print", "calendar", "home", "skip to content", "agb", "datenschutz", "impressum", "hilfe", "kontakt", "startseite",
    "mentions legales", "aide", "accueil", "condiciones", "privacidad", "ayuda", "inicio", "condizioni", "aiuto",
    "condicoes", "ajuda", "voorwaarden", "hulp", "regulamin", "pomoc", "villkor", "hjalp", "利用規約", "ヘルプ", "条款", "帮助",
];

/// Says nothing in any language.
pub(crate) const NEUTRAL: &[&str] = &["ok", "okay"];

/// Names, values and last parts of an address that take money.
#[rustfmt::skip]
pub(super) const SENDS_PAY: &[&str] = &[
    "pay", "paynow", "capture", "purchase", "buy", "buynow", "charge", "authorize", "authorise", "subscribe", "donate",
];

/// Last parts of an address that conclude something.
pub(super) const SENDS_FINAL: &[&str] = &["confirm", "commit", "complete", "finalize", "finalise"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_folded_or_it_would_never_match() {
        let lists = [
            PAY,
            TO_PAYMENT,
            FINAL,
            BOOK,
            TO_STEP,
            ON,
            LOOK,
            DISMISS,
            ASIDE,
            NEUTRAL,
            SENDS_PAY,
            SENDS_FINAL,
        ];
        for phrase in lists.into_iter().chain(pages::ALL).flatten() {
            assert_eq!(fold(phrase), **phrase);
        }
    }
}
