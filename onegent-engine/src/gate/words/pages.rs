//! What pages say about money, in the same languages and the same spelling.

/// What a page calls itself where one pays.
#[rustfmt::skip]
pub(in crate::gate) const PAYMENT_PAGE: &[&str] = &[
    "payment", "pay for", "pay", "checkout", "billing", "zahlung", "bezahlung", "kasse", "paiement",
    "reglement", "pago", "pagamento", "betaling", "afrekenen", "platnosc", "betalning", "kassa", "支払い",
    "お支払い", "決済", "付款", "支付", "结账",
];

/// A card as a promise: a guarantee, a hold, a fee for not coming.
#[rustfmt::skip]
pub(crate) const CARD_PROMISED: &[&str] = &[
    "held on your card", "hold on your card", "card guarantee", "guarantee with card",
    "guaranteed by card", "credit card required", "card required", "card will be charged",
    "charge your card", "will be charged to your card", "kreditkartengarantie",
    "kreditkarte erforderlich", "garantie bancaire", "empreinte bancaire", "tarjeta como garantia",
    "carta a garanzia", "cartao como garantia", "creditcardgarantie", "gwarancja karty", "kortgaranti",
    "カード保証", "信用卡担保",
];

/// Money that is taken later, at the venue, by the person.
#[rustfmt::skip]
pub(crate) const LATER: &[&str] = &[
    "due at the property", "pay at the property", "paid at the property", "at the property",
    "pay at the hotel", "pay at the venue", "at the venue", "at the restaurant", "on arrival",
    "on site", "pay later at", "zahlung vor ort", "vor ort", "sur place", "en el establecimiento",
    "en destino", "in struttura", "sul posto", "no local", "na propriedade", "ter plaatse",
    "na miejscu", "pa plats", "現地払い", "現地で", "到店付款", "现场支付",
];

/// An amount that is to be paid.
#[rustfmt::skip]
pub(crate) const DUE: &[&str] = &[
    "total", "to pay", "amount", "due", "pay now", "deposit", "price", "summe", "gesamt", "betrag",
    "montant", "importe", "totale", "importo", "valor", "totaal", "bedrag", "razem", "kwota", "summa",
    "belopp", "合計", "金額", "总计", "金额", "總計",
];

/// Money that is taken at once, whatever else the line says.
#[rustfmt::skip]
pub(crate) const NOW: &[&str] = &[
    "now", "today", "immediately", "at once", "charged", "jetzt", "heute", "sofort", "maintenant", "aujourdhui", "ahora",
    "hoy", "adesso", "subito", "oggi", "agora", "hoje", "vandaag", "teraz", "dzis", "idag", "今すぐ", "本日", "现在", "今天",
    "not",
];

/// Says that something costs nothing. Taken out before looking for words of money.
#[rustfmt::skip]
pub(in crate::gate) const FREE_OF: &[&str] = &[
    "free of charge", "without charge", "no charge", "no charges", "no fee", "no fees", "no booking fee",
    "no cancellation fee", "no deposit", "no prepayment", "no credit card required", "no card required",
    "no credit card", "not be charged", "not charged", "wont be charged", "nothing is charged",
    "nothing will be charged", "keine kosten", "keine anzahlung", "keine kreditkarte", "sans frais", "aucun frais",
    "aucun acompte", "sin deposito", "senza caparra", "sem cobranca", "geen aanbetaling", "bez zaliczki",
];

/// Speaks of money that is taken, promised or spent, with no amount.
#[rustfmt::skip]
pub(in crate::gate) const MONEY: &[&str] = &[
    "charged", "charge", "charges", "surcharge", "per head", "automatic payment", "automatic payments", "recurring payment",
    "autopay", "billed", "deducted", "debited", "collected", "renews", "auto renew", "subscription", "membership fee",
    "per month", "per year", "instalment", "instalments", "installments", "direct debit", "invoice", "prepaid",
    "prepayment", "deposit", "booking fee", "service fee", "cancellation fee", "no show fee", "fee applies",
    "fees apply", "non refundable", "nonrefundable", "your credit", "store credit", "your balance", "points will be",
    "miles will be", "card on file", "saved card", "stored card", "credit card", "debit card", "abgebucht", "belastet",
    "lastschrift", "kreditkarte", "auf rechnung", "anzahlung", "kaution", "stornogebuhr", "vorkasse", "vorauszahlung",
    "debite", "prelevement", "preleve", "carte bancaire", "acompte", "caution", "arrhes", "frais dannulation",
    "preautorizacion", "se cobrara", "cargo en", "deposito", "anticipo", "fianza", "tarjeta", "addebito", "addebitato",
    "caparra", "acconto", "cauzione", "carta di credito", "sera cobrado", "cobranca", "caucao", "cartao",
    "afgeschreven", "aanbetaling", "borg", "creditcard", "automatische incasso", "zaliczka", "kaucja", "karty",
    "debiteras", "handpenning", "faktura", "クレジットカード", "キャンセル料", "請求", "前払い", "デポジット", "会費", "信用卡",
    "押金", "定金", "扣款", "扣费", "预付", "年费", "списан", "предоплата", "залог", "банковской картой", "depozito",
    "kredi karti", "عربون", "رسوم", "신용카드", "취소 수수료", "보증금", "청구",
];

/// Names of hidden fields that say what is paid, and with what.
#[rustfmt::skip]
pub(in crate::gate) const CARRIES_MONEY: &[&str] = &[
    "amount", "total", "price", "currency", "payment", "payment method", "payment token", "currency payment", "card",
    "card id", "iban", "deposit", "stripe token", "paymentmethod", "paymentmethodid", "pm id",
];

/// Every list, for the test that all are folded.
#[cfg(test)]
pub(super) const ALL: [&[&str]; 8] =
    [PAYMENT_PAGE, CARD_PROMISED, LATER, DUE, NOW, FREE_OF, MONEY, CARRIES_MONEY];
