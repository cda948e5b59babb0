//! `onegent db`: the database itself.

use std::path::Path;

use onegent_engine::Engine;
use onegent_engine::engine::ImportError;

use super::place;
use crate::args::{Common, Db};
use crate::exit::{Exit, Hinted};
use crate::node::{Place, prepare, with_engine};
use crate::output;

/// Brings the database up to date, or moves a record to it.
pub(crate) async fn run(db: &Db, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    match db {
        Db::Migrate => migrate(&place, common).await,
        Db::Import { from } => import(from, &place, common).await,
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
    output::line("\nAll of it is in PostgreSQL now. The file was left as it is; don't serve it any more.")?;
    output::line("Guests' details are sealed with onegent.key: every node needs that same file.")?;
    Ok(Exit::Done)
}

fn hinted(error: ImportError) -> anyhow::Error {
    let hint = match &error {
        ImportError::NoTarget => "name it with --database-url or ONEGENT_DATABASE_URL",
        ImportError::NoFile { .. } => "it is called onegent.db and lies in the data directory",
        ImportError::NotEmpty => "a record is moved whole; make a new database for it",
        ImportError::Open(_) => {
            "stop the server that uses the file, and see that the database can be reached"
        }
        ImportError::Copy { .. } | ImportError::Database(_) => "nothing was moved; try again",
    };
    Hinted::new(format!("{:#}", anyhow::Error::from(error)), hint).into()
}
