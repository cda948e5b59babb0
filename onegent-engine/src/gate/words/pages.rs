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

/// Where and when money is taken later, at the venue.
#[rustfmt::skip]
pub(in crate::gate) const LATER: &[&str] = &[
    "at the property", "at the hotel", "at the venue", "at the restaurant", "on arrival", "upon arrival", "on site", "vor ort",
    "sur place", "en el establecimiento", "en destino", "in struttura", "sul posto", "no local", "na propriedade", "ter plaatse",
    "na miejscu", "pa plats", "現地払い", "現地で", "到店付款", "现场支付",
];

/// Speaks of paying. Beside a place it says that one pays there.
#[rustfmt::skip]
pub(in crate::gate) const PAID: &[&str] = &[
    "pay", "paid", "payable", "payment", "due", "settle", "settled", "zahlen", "bezahlen", "zahlbar", "bezahlt", "zahlung",
    "fallig", "payer", "paye", "paiement", "regler", "reglement", "pagar", "paga", "pagado", "pagadero",
    "pago", "pagare", "pagamento", "pagabile", "betalen", "betaald", "betaling", "voldoen", "zaplata", "zaplaty", "platne",
    "platnosc", "betala", "betalas", "betalning", "お支払い", "支払い", "払い", "支払", "支付", "付款",
];

/// Ends what is said before an amount that is no longer asked for.
#[rustfmt::skip]
pub(crate) const WAS: &[&str] = &[
    "was", "were", "instead of", "formerly", "statt", "anstatt", "zuvor", "au lieu de", "etait", "en lugar de", "era", "antes",
    "invece di", "em vez de", "in plaats van", "zamiast", "i stallet for",
];

/// Small words that may stand between an amount and the place where it is paid.
#[rustfmt::skip]
pub(in crate::gate) const LINKS: &[&str] = &[
    "is", "are", "will", "to", "be", "pay", "paid", "payable", "due", "settled", "settle", "you", "your", "the", "at", "in", "on",
    "upon", "by", "of", "cash", "full", "only", "about", "hotel", "property", "restaurant", "venue", "reception", "desk", "counter",
    "arrival", "local", "currency", "directly", "and", "wird", "werden", "ist", "sind", "zu", "zahlen", "bezahlen", "bezahlt",
    "zahlbar", "fallig", "bei", "im", "bar", "anreise", "vor", "ort", "a", "est", "sont", "payer", "payable", "paye", "regler", "du",
    "l", "arrivee", "sur", "place", "se", "paga", "pagar", "pagadero", "en", "el", "al", "llegar", "establecimiento", "destino", "por",
    "da", "pagare", "pagabile", "struttura", "si", "all", "arrivo", "no", "na", "propriedade", "chegada", "te", "betalen", "betaald",
    "wordt", "het", "aankomst", "ter", "plaatse", "do", "zaplaty", "platne", "przy", "miejscu", "att", "betala", "betalas", "vid",
    "ankomst", "pa", "plats", "kr", "kc", "ft", "zl", "lei", "は", "に", "で", "お",
];

/// Says that an amount is the sum of all, or of what is due.
#[rustfmt::skip]
pub(in crate::gate) const TOTAL_CORE: &[&str] = &[
    "total", "to pay", "pay", "due", "payable", "pay now", "summe", "gesamt", "gesamtbetrag", "gesamtpreis", "gesamtsumme",
    "zu zahlen", "zu bezahlen", "a payer", "a pagar", "totale", "da pagare", "totaal", "totaalbedrag", "te betalen", "razem",
    "do zaplaty", "summa", "totalt", "att betala", "合計", "合計金額", "お支払い合計", "总计", "总价", "總計", "总金额",
];

/// What may stand beside it in a label.
#[rustfmt::skip]
pub(in crate::gate) const TOTAL_WORDS: &[&str] = &[
    "total", "grand", "order", "booking", "reservation", "stay", "trip", "price", "amount", "sum", "balance", "to", "pay", "paid", "be",
    "payable", "due", "now", "today", "you", "your", "will", "the", "is", "of", "for", "this", "in", "all", "guest", "guests", "night",
    "nights", "person", "persons", "people", "adult", "adults", "summe", "gesamt", "gesamtbetrag", "gesamtpreis", "gesamtsumme", "zu",
    "zahlen", "bezahlen", "jetzt", "heute", "fur", "ihre", "buchung", "montant", "prix", "a", "payer", "regler", "maintenant", "importe",
    "precio", "pagar", "ahora", "hoy", "totale", "importo", "prezzo", "da", "pagare", "adesso", "ora", "valor", "preco", "agora", "hoje",
    "totaal", "totaalbedrag", "totaalprijs", "bedrag", "te", "betalen", "nu", "razem", "kwota", "do", "zaplaty", "teraz", "summa",
    "totalt", "belopp", "att", "betala",
];

/// An amount that is to be paid.
#[rustfmt::skip]
pub(crate) const DUE: &[&str] = &[
    "total", "to pay", "amount", "due", "pay now", "deposit", "price", "summe", "gesamt", "betrag",
    "montant", "importe", "totale", "importo", "valor", "totaal", "bedrag", "razem", "kwota", "summa",
    "belopp", "zu zahlen", "a payer", "a pagar", "da pagare", "te betalen", "do zaplaty", "att betala", "合計", "金額", "总计", "金额", "總計",
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
pub(super) const ALL: [&[&str]; 13] = [
    PAYMENT_PAGE,
    CARD_PROMISED,
    LATER,
    WAS,
    PAID,
    LINKS,
    TOTAL_CORE,
    TOTAL_WORDS,
    DUE,
    NOW,
    FREE_OF,
    MONEY,
    CARRIES_MONEY,
];
