//! People of accounts: invitations, passwords, second factors, and what an erasure leaves.

use onegent_core::account::Role;
use onegent_core::guest::Email;
use onegent_core::id::{AccountId, PersonId, SessionId};
use onegent_core::port::GrantEnd;
use onegent_core::text::Text;
use std::time::Duration;

use super::query::{Conn, Row, query};
use super::row::{count, get, text, time, time_or_null};
use super::tx::{Only, Tx};
use super::{sessions, sweep, webhooks};
use crate::store::StoreError;
use crate::store::accounts::{NewAccess, NewPerson, NewSession, Proof, Taken};
use crate::store::record::{AccountRecord, PersonRecord, SessionRecord};
use crate::vault::Sealed;

const OWNER: &str = "SELECT p.id, p.account_id FROM people p JOIN accounts a ON a.id = p.account_id \
     WHERE p.role = 'owner' AND p.removed_at IS NULL AND a.erased_at IS NULL ORDER BY a.created_at, a.id, p.id LIMIT 1";
const ADD_ACCOUNT: &str = "INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3)";
const ACCOUNTS: &str =
    "SELECT id, name, confirm_needs_code, created_at, erased_at FROM accounts ORDER BY created_at, id";
const ACCOUNT: &str =
    "SELECT id, name, confirm_needs_code, created_at, erased_at FROM accounts WHERE id = $1";
const ADD_PERSON: &str = "INSERT INTO people (id, account_id, role, email, password, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

macro_rules! person_columns {
    () => {
        "SELECT p.id, p.account_id, p.role, p.email, p.password, p.code_secret, p.code_since, p.code_step, p.created_at, \
         (SELECT count(*) FROM recovery_codes c WHERE c.person_id = p.id) AS recovery_codes, \
         (SELECT count(*) FROM identities i WHERE i.person_id = p.id) AS providers FROM people p "
    };
}
const PEOPLE: &str = concat!(
    person_columns!(),
    "WHERE p.account_id = $1 AND p.removed_at IS NULL ORDER BY p.created_at, p.id"
);
const BY_EMAIL: &str = concat!(person_columns!(), "WHERE p.email = $1 AND p.removed_at IS NULL");
const BY_SUBJECT: &str = concat!(
    person_columns!(),
    "JOIN identities i ON i.person_id = p.id WHERE i.issuer = $1 AND i.subject = $2 AND p.removed_at IS NULL"
);

const ADD_INVITATION: &str =
    "INSERT INTO invitations (hash, account_id, role, expires_at) VALUES ($1, $2, $3, $4)";
const INVITED: &str =
    "SELECT count(*) AS invited FROM invitations WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
const USE_INVITATION: &str = "UPDATE invitations SET used_at = $2 \
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id, role";
const LINK_SUBJECT: &str = "INSERT INTO identities (issuer, subject, person_id, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT DO NOTHING";

const SET_PASSWORD: &str = "UPDATE people SET email = $3, password = $4 WHERE id = $1 AND account_id = $2 \
     AND removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM people o WHERE o.email = $3 AND o.id <> $1)";
const REMOVE_PERSON: &str = "UPDATE people SET removed_at = $3, email = NULL, password = NULL, code_secret = NULL, \
     code_since = NULL WHERE id = $1 AND account_id = $2 AND removed_at IS NULL";
const OTHER_OWNERS: &str = "SELECT count(*) AS owners FROM people \
     WHERE account_id = $1 AND id <> $2 AND role = 'owner' AND removed_at IS NULL";
const END_SESSIONS: &str =
    "UPDATE sessions SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL AND id <> $3";
const END_KEYS: &str = "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE person_id = $1";
const END_GRANTS: &str =
    "UPDATE oauth_grants SET ended_at = $2, end_reason = $3 WHERE person_id = $1 AND ended_at IS NULL";
const FORGET_CODES: &str = "DELETE FROM oauth_codes WHERE person_id = $1 AND grant_id IS NULL";
const FORGET_SUBJECTS: &str = "DELETE FROM identities WHERE person_id = $1";
const FORGET_RECOVERY: &str = "DELETE FROM recovery_codes WHERE person_id = $1";
const FORGET_SIGN_IN_LINKS: &str = "DELETE FROM sign_in_links WHERE person_id = $1";

const SET_CODE_SECRET: &str = "UPDATE people SET code_secret = $3 \
     WHERE id = $1 AND account_id = $2 AND code_since IS NULL AND removed_at IS NULL";
const BEGIN_CODES: &str = "UPDATE people SET code_since = $3, code_step = $4 \
     WHERE id = $1 AND account_id = $2 AND code_since IS NULL AND code_secret IS NOT NULL AND removed_at IS NULL";
const END_CODES: &str =
    "UPDATE people SET code_secret = NULL, code_since = NULL WHERE id = $1 AND account_id = $2";
const ADD_RECOVERY: &str = "INSERT INTO recovery_codes (person_id, hash) VALUES ($1, $2)";
const USE_STEP: &str = "UPDATE people SET code_step = $2 \
     WHERE id = $1 AND code_since IS NOT NULL AND (code_step IS NULL OR code_step < $2)";
const USE_RECOVERY: &str = "DELETE FROM recovery_codes WHERE person_id = $1 AND hash = $2";
const SET_CONFIRM_RULE: &str = "UPDATE accounts SET confirm_needs_code = $2 WHERE id = $1";

const ADD_KEY_MARK: &str = "INSERT INTO key_mark (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING";
const KEY_MARK: &str = "SELECT sealed FROM key_mark";

const OPEN_JOBS: &str = "SELECT count(*) AS open FROM jobs WHERE account_id = $1 AND completed_at IS NULL";
/// What of an account names somebody. Jobs, their trail and their submissions stay, and name nobody.
const ERASE: [&str; 17] = [
    "DELETE FROM oauth_tokens WHERE grant_id IN (SELECT id FROM oauth_grants WHERE account_id = $1)",
    "DELETE FROM oauth_codes WHERE account_id = $1",
    "DELETE FROM oauth_requests WHERE account_id = $1",
    "DELETE FROM oauth_grants WHERE account_id = $1",
    "DELETE FROM identities WHERE person_id IN (SELECT id FROM people WHERE account_id = $1)",
    "DELETE FROM recovery_codes WHERE person_id IN (SELECT id FROM people WHERE account_id = $1)",
    "DELETE FROM sign_in_links WHERE account_id = $1",
    "DELETE FROM invitations WHERE account_id = $1",
    "DELETE FROM security_events WHERE account_id = $1",
    "DELETE FROM profiles WHERE account_id = $1",
    "DELETE FROM api_keys WHERE account_id = $1",
    "DELETE FROM idempotency WHERE account_id = $1",
    "DELETE FROM sessions WHERE account_id = $1 AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.confirmed_by = sessions.id)",
    "UPDATE sessions SET agent = NULL, ended_at = coalesce(ended_at, $2) WHERE account_id = $1",
    "UPDATE holds SET page_url = NULL, page_text = NULL WHERE job_id IN (SELECT id FROM jobs WHERE account_id = $1)",
    "UPDATE submissions SET page_url = NULL, page_text = NULL WHERE job_id IN (SELECT id FROM jobs WHERE account_id = $1)",
    "UPDATE people SET email = NULL, password = NULL, code_secret = NULL, code_since = NULL, \
     removed_at = coalesce(removed_at, $2) WHERE account_id = $1",
];
const ERASE_GUESTS: &str = "UPDATE jobs SET guest = NULL, client = '{}' WHERE account_id = $1";
const ERASE_ACCOUNT: &str =
    "UPDATE accounts SET name = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL";

pub(super) async fn key_mark(tx: Tx<'_>, fresh: Sealed) -> Result<Sealed, StoreError> {
    query(ADD_KEY_MARK).bind(fresh.as_str()).execute(tx.conn).await?;
    let kept = query(KEY_MARK).fetch_one(tx.conn).await?;
    Ok(Sealed::kept(get::<String>(&kept, "sealed")?))
}

pub(super) async fn owner(
    mut tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
) -> Result<(AccountId, PersonId), StoreError> {
    tx.only(Only::Founding).await?;
    if let Some(row) = query(OWNER).fetch_optional(tx.conn).await? {
        return Ok((text(&row, "account_id")?, text(&row, "id")?));
    }
    let now = tx.now.as_millisecond();
    query(ADD_ACCOUNT).bind(account.to_string()).bind(None::<String>).bind(now).execute(tx.conn).await?;
    add_person(tx.conn, person, account, Role::Owner, None, now).await?;
    Ok((account, person))
}

/// `false` when somebody has the address.
async fn add_person(
    conn: &mut Conn,
    id: PersonId,
    account: AccountId,
    role: Role,
    password: Option<(String, String)>,
    now: i64,
) -> Result<bool, StoreError> {
    let (email, hash) = password.unzip();
    let added = query(ADD_PERSON)
        .bind(id.to_string())
        .bind(account.to_string())
        .bind(role.as_str())
        .bind(email)
        .bind(hash)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(added == 1)
}

pub(super) async fn add_account(tx: Tx<'_>, account: AccountId, name: Text<64>) -> Result<(), StoreError> {
    query(ADD_ACCOUNT)
        .bind(account.to_string())
        .bind(name.as_str())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn accounts(conn: &mut Conn) -> Result<Vec<AccountRecord>, StoreError> {
    query(ACCOUNTS).fetch_all(conn).await?.iter().map(account_of).collect()
}

pub(super) async fn account(conn: &mut Conn, id: AccountId) -> Result<Option<AccountRecord>, StoreError> {
    let row = query(ACCOUNT).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(account_of).transpose()
}

fn account_of(row: &Row) -> Result<AccountRecord, StoreError> {
    Ok(AccountRecord {
        id: text(row, "id")?,
        name: get(row, "name")?,
        confirm_needs_code: get::<i64>(row, "confirm_needs_code")? == 1,
        created_at: time(row, "created_at")?,
        erased: time_or_null(row, "erased_at")?.is_some(),
    })
}

pub(super) async fn people(conn: &mut Conn, account: AccountId) -> Result<Vec<PersonRecord>, StoreError> {
    query(PEOPLE).bind(account.to_string()).fetch_all(conn).await?.iter().map(person_of).collect()
}

pub(super) async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<PersonRecord>, StoreError> {
    let row = query(BY_EMAIL).bind(email).fetch_optional(conn).await?;
    row.as_ref().map(person_of).transpose()
}

pub(super) async fn by_subject(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonRecord>, StoreError> {
    let row = query(BY_SUBJECT).bind(issuer).bind(subject).fetch_optional(conn).await?;
    row.as_ref().map(person_of).transpose()
}

fn person_of(row: &Row) -> Result<PersonRecord, StoreError> {
    let email: Option<&str> = get(row, "email")?;
    let email = email.map(str::parse::<Email>).transpose();
    Ok(PersonRecord {
        id: text(row, "id")?,
        account: text(row, "account_id")?,
        role: text(row, "role")?,
        email: email.map_err(|error| super::row::corrupt("email", error))?,
        password: get(row, "password")?,
        code_secret: get::<Option<String>>(row, "code_secret")?.map(Sealed::kept),
        has_codes: time_or_null(row, "code_since")?.is_some(),
        code_step: get::<Option<i64>>(row, "code_step")?.unwrap_or(0),
        recovery_codes: count(row, "recovery_codes")?,
        has_provider: get::<i64>(row, "providers")? > 0,
        created_at: time(row, "created_at")?,
    })
}

pub(super) async fn add_invitation(
    tx: Tx<'_>,
    account: AccountId,
    hash: String,
    role: Role,
    ttl: Duration,
) -> Result<(), StoreError> {
    query(ADD_INVITATION)
        .bind(hash)
        .bind(account.to_string())
        .bind(role.as_str())
        .bind((tx.now + ttl).as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn invited(conn: &mut Conn, hash: &str, now: jiff::Timestamp) -> Result<bool, StoreError> {
    let row = query(INVITED).bind(hash).bind(now.as_millisecond()).fetch_one(conn).await?;
    Ok(get::<i64>(&row, "invited")? == 1)
}

/// Refuses by an error so that everything before it is undone; [`joined`] turns that into an answer.
pub(super) async fn join(
    mut tx: Tx<'_>,
    person: NewPerson,
    session: NewSession,
) -> Result<SessionRecord, StoreError> {
    let now = tx.now.as_millisecond();
    let used = query(USE_INVITATION).bind(person.invitation).bind(now).fetch_optional(tx.conn).await?;
    let row = used.ok_or(StoreError::NotFound)?;
    let (account, role): (AccountId, Role) = (text(&row, "account_id")?, text(&row, "role")?);
    let fine = match person.by {
        NewAccess::Password { email, hash } => {
            add_person(tx.conn, person.id, account, role, Some((email, hash)), now).await?
        }
        NewAccess::Provider { issuer, subject } => {
            add_person(tx.conn, person.id, account, role, None, now).await?
                && tie(&mut tx, person.id, issuer, subject).await?
        }
    };
    if !fine {
        return Err(StoreError::NotPermitted(NAME_IS_TAKEN));
    }
    sessions::open(tx, account, person.id, role, session).await
}

const NAME_IS_TAKEN: &str = "somebody else has this name";

/// What came of [`join`].
pub(super) fn joined(
    result: Result<SessionRecord, StoreError>,
) -> Result<Result<SessionRecord, Taken>, StoreError> {
    match result {
        Ok(session) => Ok(Ok(session)),
        Err(StoreError::NotFound) => Ok(Err(Taken::Invitation)),
        Err(StoreError::NotPermitted(NAME_IS_TAKEN)) => Ok(Err(Taken::Name)),
        Err(error) => Err(error),
    }
}

pub(super) async fn link_subject(
    mut tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    issuer: String,
    subject: String,
) -> Result<bool, StoreError> {
    must_be_of(tx.conn, account, person).await?;
    tie(&mut tx, person, issuer, subject).await
}

async fn tie(tx: &mut Tx<'_>, person: PersonId, issuer: String, subject: String) -> Result<bool, StoreError> {
    let tied = query(LINK_SUBJECT)
        .bind(issuer)
        .bind(subject)
        .bind(person.to_string())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(tied == 1)
}

async fn must_be_of(conn: &mut Conn, account: AccountId, person: PersonId) -> Result<(), StoreError> {
    const IS_OF: &str =
        "SELECT count(*) AS here FROM people WHERE id = $1 AND account_id = $2 AND removed_at IS NULL";
    let row = query(IS_OF).bind(person.to_string()).bind(account.to_string()).fetch_one(conn).await?;
    if get::<i64>(&row, "here")? == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) async fn set_password(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    email: String,
    hash: String,
    keep: SessionId,
) -> Result<bool, StoreError> {
    let set = query(SET_PASSWORD)
        .bind(person.to_string())
        .bind(account.to_string())
        .bind(email)
        .bind(hash)
        .execute(tx.conn)
        .await?;
    if set != 1 {
        return Ok(false);
    }
    end_sessions(tx, person, Some(keep)).await?;
    Ok(true)
}

async fn end_sessions(tx: Tx<'_>, person: PersonId, keep: Option<SessionId>) -> Result<(), StoreError> {
    query(END_SESSIONS)
        .bind(person.to_string())
        .bind(tx.now.as_millisecond())
        .bind(keep.map(|id| id.to_string()).unwrap_or_default())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn remove(mut tx: Tx<'_>, account: AccountId, person: PersonId) -> Result<(), StoreError> {
    tx.only(Only::Account(account)).await?;
    let now = tx.now.as_millisecond();
    let others =
        query(OTHER_OWNERS).bind(account.to_string()).bind(person.to_string()).fetch_one(tx.conn).await?;
    if get::<i64>(&others, "owners")? == 0 {
        return Err(StoreError::NotPermitted("the last owner stays"));
    }
    let removed = query(REMOVE_PERSON)
        .bind(person.to_string())
        .bind(account.to_string())
        .bind(now)
        .execute(tx.conn)
        .await?;
    if removed != 1 {
        return Err(StoreError::NotFound);
    }
    let traces =
        [FORGET_SUBJECTS, FORGET_RECOVERY, FORGET_SIGN_IN_LINKS, FORGET_CODES, webhooks::FORGET_OF_PERSON];
    for forget in traces {
        query(forget).bind(person.to_string()).execute(tx.conn).await?;
    }
    query(END_KEYS).bind(person.to_string()).bind(now).execute(tx.conn).await?;
    query(END_GRANTS)
        .bind(person.to_string())
        .bind(now)
        .bind(GrantEnd::Disconnected.as_str())
        .execute(tx.conn)
        .await?;
    end_sessions(tx, person, None).await
}

pub(super) async fn set_code_secret(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    sealed: String,
) -> Result<(), StoreError> {
    let set = query(SET_CODE_SECRET)
        .bind(person.to_string())
        .bind(account.to_string())
        .bind(sealed)
        .execute(tx.conn)
        .await?;
    if set == 1 { Ok(()) } else { Err(StoreError::NotPermitted("a second factor is there already")) }
}

pub(super) async fn begin_codes(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    session: SessionId,
    step: i64,
    recovery: Vec<String>,
) -> Result<bool, StoreError> {
    let begun = query(BEGIN_CODES)
        .bind(person.to_string())
        .bind(account.to_string())
        .bind(tx.now.as_millisecond())
        .bind(step)
        .execute(tx.conn)
        .await?;
    if begun != 1 {
        return Ok(false);
    }
    query(FORGET_RECOVERY).bind(person.to_string()).execute(tx.conn).await?;
    for hash in recovery {
        query(ADD_RECOVERY).bind(person.to_string()).bind(hash).execute(tx.conn).await?;
    }
    sessions::prove(tx, account, session).await?;
    Ok(true)
}

pub(super) async fn end_codes(tx: Tx<'_>, account: AccountId, person: PersonId) -> Result<(), StoreError> {
    query(END_CODES).bind(person.to_string()).bind(account.to_string()).execute(tx.conn).await?;
    query(FORGET_RECOVERY).bind(person.to_string()).execute(tx.conn).await?;
    Ok(())
}

pub(super) async fn use_code(tx: Tx<'_>, person: PersonId, proof: Proof) -> Result<bool, StoreError> {
    let using = match proof {
        Proof::Step(step) => query(USE_STEP).bind(person.to_string()).bind(step),
        Proof::Recovery(hash) => query(USE_RECOVERY).bind(person.to_string()).bind(hash),
    };
    Ok(using.execute(tx.conn).await? == 1)
}

pub(super) async fn set_confirm_rule(tx: Tx<'_>, account: AccountId, needed: bool) -> Result<(), StoreError> {
    query(SET_CONFIRM_RULE).bind(account.to_string()).bind(i64::from(needed)).execute(tx.conn).await?;
    Ok(())
}

pub(super) async fn erase(mut tx: Tx<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.only(Only::Account(account)).await?;
    let (id, now) = (account.to_string(), tx.now.as_millisecond());
    let open = query(OPEN_JOBS).bind(&id).fetch_one(tx.conn).await?;
    if get::<i64>(&open, "open")? > 0 {
        return Err(StoreError::NotPermitted("jobs of the account are open"));
    }
    let erased = query(ERASE_ACCOUNT).bind(&id).bind(now).execute(tx.conn).await?;
    if erased != 1 {
        return Err(StoreError::NotFound);
    }
    for statement in ERASE {
        let erasing = query(statement).bind(&id);
        let erasing = if statement.contains("$2") { erasing.bind(now) } else { erasing };
        erasing.execute(tx.conn).await?;
    }
    for statement in webhooks::ERASE {
        query(statement).bind(&id).execute(tx.conn).await?;
    }
    sweep::cut_sites_of(tx.conn, account).await?;
    query(ERASE_GUESTS).bind(&id).execute(tx.conn).await?;
    Ok(())
}
