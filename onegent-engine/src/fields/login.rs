//! Telling where one signs in from where one gives an e-mail address.

use super::meaning::Meaning::{self, *};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, FieldKind, Form, Observation};
use crate::gate::parted;

/// What a form does with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// Signs in to one.
    SignsIn,
    /// Opens one.
    Opens,
    /// Neither, or it can't be told.
    Neither,
}

#[rustfmt::skip]
const SIGN_IN: &[&str] = &[
    "sign in", "signin", "log in", "login", "log on", "logon", "anmelden", "einloggen", "anmeldung", "connexion", "se connecter", "connectez vous", "connecter", "sidentifier", "s identifier", "iniciar sesion", "entrar", "acceder", "ingresar", "accedi", "accesso", "entra", "login to", "inloggen", "aanmelden", "zaloguj", "zaloguj sie", "logowanie", "войти", "вход", "giris", "giris yap", "bejelentkezes", "belepes", "prihlasit", "prihlasit se", "prihlaseni", "logga in", "logg inn", "ログイン", "サインイン", "登录", "登入", "登錄", "로그인", "prisijungti",
];

#[rustfmt::skip]
const OPENS: &[&str] = &[
    "sign up", "signup", "register", "registration", "create account", "create an account", "create your account", "create my account", "join", "join now", "get started", "become a member", "new account", "new customer", "registrieren", "registrierung", "konto erstellen", "konto anlegen", "inscription", "sinscrire", "s inscrire", "creer un compte", "creer mon compte", "registrarse", "registro", "crear cuenta", "registrate", "registrati", "registrazione", "crea account", "crea un account", "cadastrar", "cadastro", "criar conta", "registar", "registreren", "account aanmaken", "zarejestruj", "rejestracja", "регистрация", "зарегистрироваться", "kayit ol", "uye ol", "regisztracio", "registrace", "registrera", "会員登録", "新規登録", "登録", "注册", "註冊", "회원가입", "subscribe",
];

/// What the form does, by its buttons, its name and its address, and by what it asks for.
pub(super) fn account(seen: &Observation, form: &Form) -> Account {
    let passwords: Vec<&Field> =
        form.fields.iter().filter(|field| field.kind == FieldKind::Password).collect();
    let buttons = form.buttons.iter().flat_map(|button| std::iter::once(&button.name).chain(&button.says));
    let own: Vec<String> = buttons.chain([&form.name]).map(|text| fold(text)).collect();
    let path = form.target.as_ref().map(|target| fold(target.url.path())).unwrap_or_default();
    let page: Vec<String> =
        seen.headings.iter().take(3).chain([&seen.title]).map(|text| fold(text)).collect();
    let says = |texts: &[String], words: &[&str]| {
        texts.iter().any(|text| words.iter().any(|word| has_phrase(text, word)))
    };
    let new =
        passwords.iter().any(|field| field.autocomplete.contains("new-password")) || passwords.len() > 1;
    let current = passwords.iter().any(|field| field.autocomplete.contains("current-password"));
    let short = form.fields.iter().filter(|field| is_typed(field)).count() <= 4;
    let asks = passwords.len() == 1 && short;
    let one = passwords.is_empty() && form.fields.iter().filter(|field| is_typed(field)).count() == 1;
    if current && !new {
        return Account::SignsIn;
    }
    if new {
        return Account::Opens;
    }
    let newsletter = |texts: &[String]| texts.iter().any(|text| text.contains("newsletter"));
    if (!asks && !one) || (one && (newsletter(&own) || newsletter(&page))) {
        return Account::Neither;
    }
    let paths = [path];
    let names: Vec<String> = form
        .fields
        .iter()
        .flat_map(|field| [&field.name, &field.id])
        .map(|name| fold(&parted(name)))
        .collect();
    // One field alone may take anything: what stands around it on the page says nothing about it.
    let around: &[&[String]] = if one { &[] } else { &[&names, &page] };
    for texts in [&own[..], &paths[..]].into_iter().chain(around.iter().copied()) {
        match (says(texts, SIGN_IN), says(texts, OPENS)) {
            (true, false) => return Account::SignsIn,
            (false, true) => return Account::Opens,
            _ => {}
        }
    }
    if asks { Account::SignsIn } else { Account::Neither }
}

/// Where one signs in, the first field that is typed is what one signs in with, unless it clearly is something else.
pub(super) fn settle(account: Account, fields: &[Field], ranked: &[Vec<Meaning>], meanings: &mut [Meaning]) {
    for ((field, ranked), meaning) in fields.iter().zip(ranked).zip(&mut *meanings) {
        let both = ranked.contains(&Username) && (ranked.contains(&Email) || speaks_of_email(field));
        if both && matches!(meaning, Username | Email) && is_typed(field) {
            *meaning = match account {
                Account::Opens => Email,
                Account::SignsIn => Username,
                Account::Neither => *meaning,
            };
        }
    }
    if account == Account::Opens {
        // Who opens an account is asked for no other day.
        for (field, meaning) in fields.iter().zip(&mut *meanings) {
            if field.kind == FieldKind::Date && *meaning == Date {
                *meaning = BirthDate;
            }
        }
    }
    if account != Account::SignsIn {
        return;
    }
    if fields.iter().zip(&*meanings).any(|(field, meaning)| *meaning == Username && is_typed(field)) {
        return;
    }
    let until = fields.iter().position(|field| field.kind == FieldKind::Password).unwrap_or(fields.len());
    let before = (0..until).rev().find(|place| is_typed(&fields[*place]) && may_sign_in(meanings[*place]));
    if let Some(place) = before {
        meanings[place] = Username;
    }
}

fn speaks_of_email(field: &Field) -> bool {
    let label = fold(&field.label);
    ["email", "e mail", "mail"].iter().any(|word| has_phrase(&label, word))
}

fn may_sign_in(meaning: Meaning) -> bool {
    matches!(meaning, Email | Phone | Unknown | FullName | Loyalty | Document)
}

fn is_typed(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Text
            | FieldKind::Email
            | FieldKind::Tel
            | FieldKind::Search
            | FieldKind::Number
            | FieldKind::Other
    )
}
