//! Reading a charge off a page of a site that nobody described: by what such amounts, sellers and terms are called.
//!
//! Where two amounts could be meant, both come back: the person is then told that it is not clear.

use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Detail, Observation, Price};
use crate::fields::asks_for;
use crate::gate::is_later;
use crate::gate::words::Label;
use crate::gate::words::pages::{CARD_PROMISED, DUE, NOW};

const MOST_FACTS: usize = 12;

/// Labels of the sum of all.
#[rustfmt::skip]
const TOTAL: &[&str] = &[
    "total", "grand total", "order total", "total price", "total amount", "to pay", "amount due", "summe", "gesamt", "gesamtbetrag", "gesamtpreis", "total a payer", "montant total", "importe total", "total a pagar", "totale", "importo totale", "valor total", "totaal", "totaalbedrag", "razem", "do zaplaty", "summa", "att betala", "合計", "お支払い合計", "合計金額", "总计", "总价", "總計",
];

/// Labels of who takes the money.
#[rustfmt::skip]
const MERCHANT: &[&str] = &[
    "merchant", "seller", "sold by", "payable to", "restaurant", "hotel", "property", "airline", "carrier", "venue", "organizer", "organiser", "handler", "verkaufer", "veranstalter", "fluggesellschaft", "vendeur", "etablissement", "compagnie", "comercio", "vendedor", "establecimiento", "aerolinea", "esercente", "venditore", "struttura", "compagnia aerea", "comerciante", "estabelecimento", "companhia", "verkoper", "aanbieder", "販売者", "施設名", "航空会社", "商家", "酒店", "餐厅",
];

/// Labels of the terms of cancellation.
#[rustfmt::skip]
const TERMS: &[&str] = &[
    "cancellation", "cancellation policy", "cancellation terms", "refund policy", "stornierung", "stornobedingungen", "annulation", "conditions dannulation", "cancelacion", "politica de cancelacion", "cancellazione", "politica di cancellazione", "cancelamento", "annulering", "annuleringsvoorwaarden", "anulowanie", "avbokning", "キャンセル", "キャンセルポリシー", "取消政策", "取消规则",
];

/// The amounts that are asked for: those that are due now, else the totals, else whatever is labelled as due.
pub(super) fn amounts(seen: &Observation) -> Vec<&Price> {
    let frames = seen.all().into_iter();
    let whole =
        |price: &&Price| !Label::new(&price.suffix).begins(&["per", "each", "pro", "par", "por", "a", "al"]);
    let prices: Vec<_> = frames.flat_map(|frame| &frame.prices).filter(whole).collect();
    let label = |price: &Price| Label::new(&price.label);
    let due = |price: &Price| {
        let label = label(price);
        (label.has(DUE) || label.has(CARD_PROMISED)) && !is_later(price)
    };
    let now = |price: &Price| due(price) && label(price).has(NOW);
    let total = |price: &Price| due(price) && TOTAL.contains(&fold(&price.label).as_str());
    let tiers: [&dyn Fn(&Price) -> bool; 3] = [&now, &total, &due];
    let found =
        tiers.into_iter().map(|tier| prices.iter().copied().filter(|price| tier(price)).collect::<Vec<_>>());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Who takes the money, as the page says.
pub(super) fn merchant(seen: &Observation) -> Option<&str> {
    MERCHANT.iter().find_map(|label| valued(seen, |own| own == *label))
}

/// The terms of cancellation, as the page says.
pub(super) fn terms(seen: &Observation) -> Option<&str> {
    valued(seen, |own| TERMS.iter().any(|label| has_phrase(own, label)))
}

/// What is booked: all that the page labels and that is neither the guest's, nor money, nor terms.
pub(super) fn facts(seen: &Observation) -> Vec<&Detail> {
    let mut facts: Vec<&Detail> = Vec::new();
    for detail in seen.all().into_iter().flat_map(|frame| &frame.details) {
        let label = fold(&detail.label);
        let other = MERCHANT[..1].contains(&label.as_str())
            || TERMS.iter().any(|own| has_phrase(&label, own))
            || TOTAL.contains(&label.as_str())
            || label == "guest"
            || asks_for(&label).is_guest();
        if !other && facts.len() < MOST_FACTS && !facts.iter().any(|known| known.label == detail.label) {
            facts.push(detail);
        }
    }
    facts
}

fn valued(seen: &Observation, is: impl Fn(&str) -> bool) -> Option<&str> {
    let mut details = seen.all().into_iter().flat_map(|frame| &frame.details);
    details.find(|detail| is(&fold(&detail.label))).map(|detail| detail.value.as_str())
}
