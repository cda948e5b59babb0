//! `onegent db`: the database itself.

use std::path::Path;

use onegent_engine::Engine;
use onegent_engine::engine::{BackupError, ImportError, OpenError};

use super::place;
use crate::args::{Common, Db};
use crate::exit::{Exit, Hinted};
use crate::node::{Place, make_folder, prepare, with_engine};
use crate::output;

/// Brings the database up to date, or moves a record to it.
pub(crate) async fn run(db: &Db, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    match db {
        Db::Migrate => migrate(&place, common).await,
        Db::Import { from } => import(from, &place, common).await,
        Db::Backup { to } => backup(to, &place, common).await,
        Db::Restore { from } => restore(from, place, common).await,
        Db::CancelOpen { yes } => cancel_open(*yes, &place, common).await,
    }
}

async fn migrate(place: &Place, common: &Common) -> anyhow::Result<Exit> {
    if place.database_url.is_some() {
        prepare(place)?;
    }
    // Opening it is what brings it up to date.
    with_engine(place, async |_| Ok(())).await?;
    if common.json {
        output::json(&serde_json::json!({ "upToDate": true }))?;
    } else {
        output::line("The database is up to date.")?;
    }
    Ok(Exit::Done)
}

async fn import(from: &Path, place: &Place, common: &Common) -> anyhow::Result<Exit> {
    prepare(place)?;
    let imported = Engine::import(from, &place.engine(String::new())).await.map_err(hinted)?;
    if common.json {
        let rows: serde_json::Map<_, _> =
            imported.rows.iter().map(|(table, rows)| ((*table).to_owned(), (*rows).into())).collect();
        output::json(&serde_json::json!({ "rows": rows }))?;
        return Ok(Exit::Done);
    }
    for (table, rows) in imported.rows.iter().filter(|(_, rows)| *rows > 0) {
        output::line(format_args!("{rows:>10}  {table}"))?;
    }
    output::line("\nAll of it is in PostgreSQL now. The file opens no more.")?;
    output::line("Guests' details are sealed with onegent.key: every node needs that same file.")?;
    Ok(Exit::Done)
}

async fn backup(to: &Path, place: &Place, common: &Common) -> anyhow::Result<Exit> {
    Engine::back_up(&place.engine(String::new()), to).await.map_err(not_copied)?;
    if common.json {
        output::json(&serde_json::json!({ "backup": to }))?;
    } else {
        output::line(format_args!("The record and its keys are in {}.", to.display()))?;
        output::line("Whoever has them can read guests' details and sign the trail: keep them closed.")?;
    }
    Ok(Exit::Done)
}

async fn restore(from: &Path, place: Place, common: &Common) -> anyhow::Result<Exit> {
    if place.database_url.is_none() {
        make_folder(&place.data_dir)?;
    }
    let cancelled = Engine::bring_back(from, place.engine(String::new())).await.map_err(not_copied)?;
    if common.json {
        output::json(&serde_json::json!({ "cancelled": cancelled }))?;
        return Ok(Exit::Done);
    }
    output::line(format_args!("The record and its keys are in {}.", place.data_dir.display()))?;
    output::line(format_args!(
        "{cancelled} bookings were open in the backup. They may have been made since, so they were cancelled."
    ))?;
    output::line("Keys, sessions and apps that were cut off since are good again: cut them off once more.")?;
    Ok(Exit::Done)
}

async fn cancel_open(yes: bool, place: &Place, common: &Common) -> anyhow::Result<Exit> {
    if !yes {
        let message = "this would cancel every booking of every account that is neither submitted nor over";
        return Err(Hinted::new(message, "add --yes to do it; there is no way back").into());
    }
    let cancelled = with_engine(place, async |engine| Ok(engine.cancel_open().await?)).await?;
    if common.json {
        output::json(&serde_json::json!({ "cancelled": cancelled }))?;
    } else {
        output::line(format_args!("{cancelled} bookings were open, and were cancelled."))?;
    }
    Ok(Exit::Done)
}

fn not_copied(error: BackupError) -> anyhow::Error {
    let hint = match &error {
        BackupError::NotAFile => {
            "PostgreSQL has its own tools: pg_dump --format=custom --file=onegent.dump \"$ONEGENT_DATABASE_URL\", and \
             pg_restore; copy onegent.key and audit.key from the data directory too. After pg_restore, \
             and before a worker begins, `onegent db cancel-open --yes`: what is open in such a copy may have been made since"
        }
        BackupError::Missing { .. } => {
            "a backup has onegent.db, onegent.key and audit.key, as a data directory has"
        }
        BackupError::Taken { .. } => {
            "nothing is written over; name a folder that is not there, or an empty data directory"
        }
        BackupError::Damaged { .. } | BackupError::Database(_) => "try again, or take an older backup",
        BackupError::Files { .. } => "see that both folders can be used, and that there is room",
        BackupError::Open(_) | BackupError::Ending(_) => {
            "the keys may be of another record; empty the data directory before the next try"
        }
    };
    Hinted::new(format!("{:#}", anyhow::Error::from(error)), hint).into()
}

fn hinted(error: ImportError) -> anyhow::Error {
    let hint = match &error {
        ImportError::NoTarget => "name it with --database-url or ONEGENT_DATABASE_URL",
        ImportError::NoFile { .. } => "it is called onegent.db and lies in the data directory",
        ImportError::NotEmpty => "a record is moved whole; make a new database for it",
        ImportError::Open(OpenError::Copy) => {
            "bring it back with `onegent db restore` first; that cancels what is open"
        }
        ImportError::Open(OpenError::Moved) => {
            "it is there already: name the database in ONEGENT_DATABASE_URL"
        }
        ImportError::Unknown(_) => {
            "look into the new database: if it has no accounts, restore the file from a backup and try again"
        }
        ImportError::Open(_) => {
            "stop the server that uses the file, and see that the database can be reached"
        }
        ImportError::Copy { .. } | ImportError::Database(_) => "nothing was moved; try again",
    };
    Hinted::new(format!("{:#}", anyhow::Error::from(error)), hint).into()
}
