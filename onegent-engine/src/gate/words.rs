//! What buttons and pages say, in eleven languages: English, German, French, Spanish, Italian, Portuguese, Dutch,
//! Polish, Swedish, Japanese, Chinese. All phrases are folded (lower case, no accents, no punctuation). The lists are
//! kept out of rustfmt, which would give every phrase a line.

use crate::browser::fold::{fold, has_phrase};

/// A label, folded once.
pub(super) struct Label(String);

impl Label {
    pub(super) fn new(text: &str) -> Self {
        Self(fold(text))
    }

    /// Whether one of the phrases stands in it.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| has_phrase(&self.0, phrase))
    }

    /// Whether it begins with one of the phrases.
    pub(super) fn begins(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.0.starts_with(phrase) && has_phrase(&self.0, phrase))
    }
}

/// Pays, or promises to.
#[rustfmt::skip]
pub(super) const PAY: &[&str] = &[
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
];

/// Leads to the page where one pays, and does not pay yet.
#[rustfmt::skip]
pub(super) const TO_PAYMENT: &[&str] = &[
    "to payment", "to card details", "to checkout", "to the checkout", "to pay", "to secure payment",
    "enter payment details", "enter card details", "payment details", "checkout", "zur kasse",
    "zur zahlung", "zu den zahlungsdaten", "au paiement", "vers le paiement", "au reglement", "al pago",
    "con el pago", "al pagamento", "con il pagamento", "para pagamento", "para o pagamento",
    "naar betalen", "naar betaling", "naar de betaling", "do platnosci", "till betalning",
    "till kassan", "支払いへ", "お支払いへ", "支払い方法へ", "去结算", "前往付款", "去支付", "去付款",
];

/// Books for good, even with no word of booking.
#[rustfmt::skip]
pub(super) const FINAL: &[&str] = &[
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
pub(super) const BOOK: &[&str] = &[
    "book", "booking", "reserve", "reservation", "get tickets", "get free tickets", "tickets", "rsvp",
    "register", "order", "buchen", "buchung", "reservieren", "reservierung", "reserver", "inscription",
    "reservar", "reserva", "inscribirse", "prenota", "prenotare", "prenotazione", "iscriviti",
    "inscrever", "boeken", "boek", "reserveren", "reserveer", "zarezerwuj", "rezerwuj", "rezerwuje",
    "boka", "reservera", "予約", "预订", "预约", "預訂", "預約",
];

/// Leads to a step that it names.
#[rustfmt::skip]
pub(super) const TO_STEP: &[&str] = &[
    "to review", "review", "to summary", "summary", "to extras", "extras", "to details", "your details",
    "to passengers", "with these flights", "to guest", "to overview", "overview", "ubersicht",
    "zusammenfassung", "recapitulatif", "resumen", "riepilogo", "resumo", "overzicht", "podsumowanie",
    "oversikt", "確認画面", "确认页面", "内容確認",
];

/// Goes on, without saying where to.
#[rustfmt::skip]
pub(super) const ON: &[&str] = &[
    "continue", "next", "next step", "proceed", "go on", "forward", "weiter", "suivant", "continuer",
    "etape suivante", "siguiente", "continuar", "avanti", "continua", "prosegui", "seguinte", "proximo",
    "avancar", "volgende", "verder", "doorgaan", "dalej", "kontynuuj", "nasta", "fortsatt", "次へ", "進む",
    "続ける", "下一步", "继续", "繼續",
];

/// Looks, changes what is looked at, or goes back.
#[rustfmt::skip]
pub(super) const LOOK: &[&str] = &[
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
pub(super) const DISMISS: &[&str] = &[
    "accept all", "reject all", "accept", "reject", "decline", "deny", "only necessary",
    "necessary only", "allow all", "close", "dismiss", "no thanks", "not now", "got it",
    "alle akzeptieren", "alle ablehnen", "ablehnen", "akzeptieren", "nur notwendige", "schliessen",
    "tout accepter", "tout refuser", "refuser", "accepter", "fermer", "aceptar", "rechazar", "cerrar",
    "accetta", "rifiuta", "chiudi", "aceitar", "rejeitar", "recusar", "fechar", "accepteren",
    "weigeren", "sluiten", "akceptuje", "odrzuc", "zamknij", "acceptera", "avvisa", "stang", "同意する",
    "拒否", "閉じる", "接受", "拒绝", "关闭",
];

/// What a page calls itself where one pays.
#[rustfmt::skip]
pub(super) const PAYMENT_PAGE: &[&str] = &[
    "payment", "pay for", "pay", "checkout", "billing", "zahlung", "bezahlung", "kasse", "paiement",
    "reglement", "pago", "pagamento", "betaling", "afrekenen", "platnosc", "betalning", "kassa", "支払い",
    "お支払い", "決済", "付款", "支付", "结账",
];

/// A card as a promise: a guarantee, a hold, a fee for not coming.
#[rustfmt::skip]
pub(super) const CARD_PROMISED: &[&str] = &[
    "held on your card", "hold on your card", "card guarantee", "guarantee with card",
    "guaranteed by card", "credit card required", "card required", "card will be charged",
    "charge your card", "will be charged to your card", "kreditkartengarantie",
    "kreditkarte erforderlich", "garantie bancaire", "empreinte bancaire", "tarjeta como garantia",
    "carta a garanzia", "cartao como garantia", "creditcardgarantie", "gwarancja karty", "kortgaranti",
    "カード保証", "信用卡担保",
];

/// Money that is taken later, at the venue, by the person.
#[rustfmt::skip]
pub(super) const LATER: &[&str] = &[
    "due at the property", "pay at the property", "paid at the property", "at the property",
    "pay at the hotel", "pay at the venue", "at the venue", "at the restaurant", "on arrival",
    "on site", "pay later at", "zahlung vor ort", "vor ort", "sur place", "en el establecimiento",
    "en destino", "in struttura", "sul posto", "no local", "na propriedade", "ter plaatse",
    "na miejscu", "pa plats", "現地払い", "現地で", "到店付款", "现场支付",
];

/// An amount that is to be paid.
#[rustfmt::skip]
pub(super) const DUE: &[&str] = &[
    "total", "to pay", "amount", "due", "pay now", "deposit", "price", "summe", "gesamt", "betrag",
    "montant", "importe", "totale", "importo", "valor", "totaal", "bedrag", "razem", "kwota", "summa",
    "belopp", "合計", "金額", "总计", "金额", "總計",
];
