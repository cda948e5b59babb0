//! Cookie banners and other dialogs in the way: refused where one can, accepted where one must.

use crate::browser::action::Action;
use crate::browser::fold::fold;
use crate::browser::observation::{Button, FieldKind, Form, Observation};

/// Best first. What keeps the least comes before what keeps all.
#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "reject all", "reject", "reject cookies", "decline", "decline all", "deny", "deny all", "refuse all", "only necessary", "necessary only", "only essential", "essential only", "use necessary cookies only",
    "alle ablehnen", "ablehnen", "nur notwendige", "nur notwendige cookies", "tout refuser", "refuser", "continuer sans accepter", "rechazar todo", "rechazar todas", "rechazar", "rifiuta tutto", "rifiuta", "solo necessari", "rejeitar tudo", "rejeitar", "recusar", "alles weigeren", "weigeren", "alleen noodzakelijke", "odrzuc wszystkie", "odrzuc", "avvisa alla", "avvisa", "拒否", "すべて拒否", "拒绝", "全部拒绝", "拒绝全部",
    "no thanks", "not now", "maybe later", "nein danke", "non merci", "no gracias", "no grazie", "nao obrigado", "nee bedankt", "いいえ", "不用",
    "close", "dismiss", "x", "schliessen", "fermer", "cerrar", "chiudi", "fechar", "sluiten", "zamknij", "stang", "閉じる", "关闭",
    "accept all", "accept", "accept cookies", "allow all", "agree", "i agree", "got it", "ok", "okay", "alle akzeptieren", "akzeptieren", "zustimmen", "verstanden", "tout accepter", "accepter", "jaccepte", "aceptar todo", "aceptar", "entendido", "accetta tutto", "accetta", "ho capito", "aceitar tudo", "aceitar", "entendi", "alles accepteren", "accepteren", "akceptuje", "acceptera", "godkann", "同意する", "同意", "すべて許可", "接受", "全部接受", "知道了",
];

/// The button that closes the dialog in the way, if there is one.
pub(super) fn dismiss(seen: &Observation) -> Option<Action> {
    let offered: Vec<_> = seen
        .buttons()
        .filter(|button| button.form.is_some_and(is_in_the_way) && !button.it.disabled)
        .flat_map(|button| names(button.it).map(|name| (name, &button.it.reference)).collect::<Vec<_>>())
        .collect();
    let best = ANSWERS.iter().find_map(|answer| offered.iter().find(|(name, _)| name == answer));
    best.map(|(_, reference)| Action::Press { button: (*reference).clone() })
}

/// A dialog with something to fill in may be the booking itself.
fn is_in_the_way(form: &Form) -> bool {
    let asks = |kind: FieldKind| !matches!(kind, FieldKind::Checkbox | FieldKind::Radio | FieldKind::Email);
    form.in_dialog && !form.fields.iter().any(|field| asks(field.kind))
}

fn names(button: &Button) -> impl Iterator<Item = String> {
    std::iter::once(&button.name).chain(&button.says).map(|name| fold(&name.replace(['×', '✕', '✖'], "x")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_folded_or_it_would_never_match() {
        for answer in ANSWERS {
            assert_eq!(fold(answer), **answer);
        }
    }
}
