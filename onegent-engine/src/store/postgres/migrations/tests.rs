//! That steps expand: what a step does, the oldest program that it says it fits can live with.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Executor as _;

use super::*;
use crate::testing::Bench;

/// What the statements of a program rely on, and what might refuse them.
#[derive(Debug, Default)]
struct Schema {
    /// By table and name.
    columns: BTreeMap<(String, String), Column>,
    /// Constraints, unique indices and triggers, by table.
    limits: BTreeSet<(String, String)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Column {
    kind: String,
    nullable: bool,
    default: Option<String>,
}

const COLUMNS: &str = "SELECT table_name::text, column_name::text, concat_ws(' ', data_type, collation_name), \
     is_nullable = 'YES', column_default::text FROM information_schema.columns WHERE table_schema = 'public'";
const LIMITS: &str = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint \
     WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 \
     UNION ALL SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index \
     JOIN pg_class ON pg_class.oid = indrelid WHERE indisunique AND relnamespace = 'public'::regnamespace \
     UNION ALL SELECT tgrelid::regclass::text, 'trigger ' || tgname FROM pg_trigger \
     JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace";

impl Schema {
    async fn read(conn: &mut PgConnection) -> Self {
        let rows = sqlx::query(COLUMNS).fetch_all(&mut *conn).await.unwrap();
        let columns = rows.iter().map(|row| {
            let column = Column { kind: row.get(2), nullable: row.get(3), default: row.get(4) };
            ((row.get(0), row.get(1)), column)
        });
        let columns = columns.collect();
        let rows = sqlx::query(LIMITS).fetch_all(&mut *conn).await.unwrap();
        Self { columns, limits: rows.iter().map(|row| (row.get(0), row.get(1))).collect() }
    }

    fn has(&self, table: &str) -> bool {
        self.columns.keys().any(|(own, _)| own == table)
    }

    /// What a program that was written for this one can't live with.
    fn broken_by(&self, later: &Self) -> Vec<String> {
        let changed = self.columns.iter().filter(|(name, column)| later.columns.get(*name) != Some(*column));
        let changed = changed.map(|((table, name), _)| format!("{table}.{name} is gone or another"));
        let new = later.columns.iter().filter(|((table, name), column)| {
            let known = self.columns.contains_key(&(table.clone(), name.clone()));
            self.has(table) && !known && !column.nullable && column.default.is_none()
        });
        let new = new.map(|((table, name), _)| format!("{table}.{name} has to be given"));
        let limits = later.limits.difference(&self.limits).filter(|(table, _)| self.has(table));
        changed.chain(new).chain(limits.map(|(table, limit)| format!("{table} is held to {limit}"))).collect()
    }
}

/// A database without anything in it.
async fn empty() -> (Bench, PgConnection) {
    let bench = Bench::postgres().await;
    bench.store.close().await;
    let mut conn = bench.server().connect().await.unwrap();
    conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    (bench, conn)
}

#[tokio::test]
async fn the_oldest_program_that_a_step_fits_can_live_with_it() {
    let (_bench, mut conn) = empty().await;
    let mut schemas = Vec::new();
    for (version, step) in (1_usize..).zip(STEPS) {
        apply_all(&mut conn, &STEPS[..version]).await.unwrap();
        schemas.push(Schema::read(&mut conn).await);
        let oldest = &schemas[usize::try_from(step.fits).unwrap() - 1];
        let broken = oldest.broken_by(&schemas[version - 1]);
        assert!(broken.is_empty(), "step {version} says that it fits {}: {broken:#?}", step.fits);
    }
    assert!(schemas[0].has("jobs") && !schemas[0].limits.is_empty());
    // Whoever knows less than the newest step opens the database all the same.
    apply_all(&mut conn, &STEPS[..1]).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_step_that_contracts_is_told_from_one_that_expands() {
    const CONTRACT: [&str; 10] = [
        "ALTER TABLE jobs DROP COLUMN progress",
        "ALTER TABLE jobs RENAME COLUMN progress TO going",
        "ALTER TABLE jobs RENAME TO work",
        "ALTER TABLE jobs ADD COLUMN wanted TEXT NOT NULL",
        "ALTER TABLE jobs ALTER COLUMN attempt TYPE INTEGER",
        "ALTER TABLE jobs ALTER COLUMN progress SET NOT NULL",
        "ALTER TABLE jobs ADD CHECK (attempt < 10)",
        "ALTER TABLE accounts ALTER COLUMN confirm_needs_code DROP DEFAULT",
        "CREATE UNIQUE INDEX one_each ON jobs (worker)",
        "DROP TABLE learned_paths",
    ];
    const EXPAND: [&str; 4] = [
        "ALTER TABLE jobs ADD COLUMN extra TEXT",
        "ALTER TABLE jobs ADD COLUMN extra BIGINT NOT NULL DEFAULT 0",
        "CREATE TABLE more (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "CREATE INDEX more ON jobs (worker)",
    ];
    let (_bench, mut conn) = empty().await;
    apply(&mut conn).await.unwrap();
    let before = Schema::read(&mut conn).await;
    for (steps, contracts) in [(&CONTRACT[..], true), (&EXPAND[..], false)] {
        for step in steps {
            let mut tx = conn.begin().await.unwrap();
            sqlx::raw_sql(*step).execute(&mut *tx).await.unwrap();
            let broken = before.broken_by(&Schema::read(&mut tx).await);
            assert_eq!(!broken.is_empty(), contracts, "{step}: {broken:?}");
            tx.rollback().await.unwrap();
        }
    }
    conn.close().await.unwrap();
}
