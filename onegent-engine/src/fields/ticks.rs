//! What a box to tick is for: what has to be agreed to, what advertises, what costs besides.

use super::meaning::Meaning::{self, *};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::Field;

/// Advertising: never needed for a booking.
#[rustfmt::skip]
const MARKETING: &[&str] = &[
    "newsletter", "newsletters", "offers", "special offers", "marketing", "promotions", "promotional", "send me", "keep me", "updates", "news", "deals", "inspiration", "ideas", "advertising", "third parties", "partners may", "subscribe", "sms updates", "text me", "share my",
    "angebote", "werbung", "werbliche", "neuigkeiten", "informieren sie mich", "offres", "actualites", "publicite", "promotionnelles", "bons plans", "ofertas", "novedades", "promociones", "publicidad", "boletin", "comunicaciones comerciales", "offerte", "novita", "promozioni", "pubblicita", "comunicazioni commerciali", "finalita di marketing", "novidades", "promocoes", "publicidade",
    "aanbiedingen", "nieuwsbrief", "reclame", "nieuws", "oferty", "nowosci", "zgode marketingowa", "рассылка", "рассылку", "новости", "акциях", "kampanya", "メルマガ", "メールマガジン", "ニュースレター", "お得な情報", "お知らせ", "配信", "优惠信息", "营销", "订阅", "推广", "促销", "電子報", "优惠",
];

/// What costs, insures or gives besides.
#[rustfmt::skip]
const EXTRA: &[&str] = &[
    "insurance", "protection", "protect my", "cancellation cover", "tip", "gratuity", "donate", "donation", "add on", "upgrade", "priority", "extra bag", "checked bag", "baggage", "breakfast", "parking", "transfer", "flexible ticket", "carbon", "offset", "round up", "gift wrap", "late checkout", "early check in", "airport lounge",
    "versicherung", "reiseversicherung", "reiserucktritt", "reiserucktrittsversicherung", "reiserucktrittversicherung", "trinkgeld", "spende", "gepack", "fruhstuck", "parkplatz", "assurance", "pourboire", "don", "bagage", "petit dejeuner", "compensation carbone", "seguro", "propina", "donativo", "equipaje", "desayuno", "aparcamiento", "assicurazione", "mancia", "donazione", "bagaglio", "colazione", "parcheggio", "gorjeta", "doacao", "bagagem", "cafe da manha", "pequeno almoco",
    "verzekering", "annuleringsverzekering", "fooi", "donatie", "ontbijt", "parkeren", "ubezpieczenie", "napiwek", "страховка", "страхование", "багаж", "sigorta", "保険", "キャンセル保険", "寄付", "朝食", "手荷物", "保险", "小费", "捐款", "行李", "早餐", "保險",
];

/// Without it there is no booking.
#[rustfmt::skip]
const TERMS: &[&str] = &[
    "terms", "conditions", "agree", "accept", "i have read", "acknowledge", "privacy", "policy", "policies", "consent", "gdpr", "rules", "booking conditions", "fare rules", "house rules", "i understand", "i confirm", "agb", "geschaftsbedingungen", "bedingungen", "akzeptiere", "stimme zu", "einverstanden", "datenschutz", "datenschutzerklarung", "gelesen", "stornobedingungen", "widerrufsbelehrung", "cgv", "conditions generales", "jaccepte", "j accepte", "accepte", "politique de confidentialite", "lu et",
    "terminos", "condiciones", "acepto", "politica de privacidad", "he leido", "privacidad", "termini", "condizioni", "accetto", "informativa", "ho letto", "acconsento", "trattamento dei dati", "termos", "condicoes", "aceito", "concordo", "li e", "politica de privacidade", "voorwaarden", "akkoord", "ga akkoord", "privacyverklaring", "privacybeleid", "regulamin", "akceptuje", "zgadzam sie", "wyrazam zgode", "условия", "согласен", "согласие", "принимаю", "правила", "kosullar", "kabul ediyorum", "onayliyorum", "elfogadom", "souhlasim", "villkor", "godkanner",
    "規約", "同意", "利用規約", "プライバシー", "承諾", "確認しました", "条款", "條款", "协议", "隐私", "已阅读", "服务条款", "隱私",
];

/// What a box is for. What advertises or costs besides is that, whatever it says of agreeing.
pub(super) fn meaning(field: &Field) -> Meaning {
    let shown = [&field.label, &field.near].map(|text| fold(text));
    let names = [&field.name, &field.id].map(|name| fold(&crate::gate::parted(name)));
    let says = |texts: &[String], words: &[&str]| {
        texts.iter().any(|text| words.iter().any(|word| has_phrase(text, word)))
    };
    if says(&shown, EXTRA) || says(&names, EXTRA) {
        Extra
    } else if says(&shown, MARKETING) && !(field.required && says(&shown, TERMS)) {
        Marketing
    } else if says(&shown, TERMS) {
        Terms
    } else if says(&names, MARKETING) {
        Marketing
    } else if says(&names, TERMS) {
        Terms
    } else {
        Unknown
    }
}

/// Whether a choice is one of something besides.
pub(super) fn is_extra(field: &Field) -> bool {
    let label = fold(&field.label);
    EXTRA.iter().any(|word| has_phrase(&label, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_folded_or_it_would_never_match() {
        for phrase in [MARKETING, EXTRA, TERMS].into_iter().flatten() {
            assert_eq!(fold(phrase), **phrase);
        }
    }
}
