//! Statements and rows over either database.
//!
//! The record keeps two kinds of values, text and 64-bit integers, and most statements read the same to SQLite and to
//! PostgreSQL. So a statement is written once, and which database runs it is a property of the connection.

use std::borrow::Cow;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{PgConnection, PgPool, Postgres, Row as _, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::store::StoreError;

/// A connection, by who lends it.
#[derive(Debug)]
pub(in crate::store) enum Conn {
    /// SQLite's one writer.
    Writer(SqliteConnection),
    /// One of SQLite's readers.
    Reader(PoolConnection<Sqlite>),
    /// The same, on what stood at one moment.
    Snapshot(Transaction<'static, Sqlite>),
    /// One of PostgreSQL's pool, for single reads.
    Pooled(PoolConnection<Postgres>),
    /// A transaction on PostgreSQL. It is undone when it is dropped.
    Transaction(Transaction<'static, Postgres>),
}

/// Lends connections for single reads.
#[derive(Debug, Clone)]
pub(in crate::store) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Readers {
    pub(in crate::store) async fn lend(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Conn::Reader(pool.acquire().await?),
            Self::Postgres(pool) => Conn::Pooled(pool.acquire().await?),
        })
    }
}

/// The connection itself.
enum Raw<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn {
    fn raw(&mut self) -> Raw<'_> {
        match self {
            Self::Writer(conn) => Raw::Sqlite(conn),
            Self::Reader(conn) => Raw::Sqlite(conn),
            Self::Snapshot(conn) => Raw::Sqlite(conn),
            Self::Pooled(conn) => Raw::Postgres(conn),
            Self::Transaction(conn) => Raw::Postgres(conn),
        }
    }

    /// Whether others write at the same time, so that a transaction has to say what it needs to itself.
    pub(in crate::store) fn is_shared(&self) -> bool {
        matches!(self, Self::Pooled(_) | Self::Transaction(_))
    }
}

/// How many values [`group!`] has places for.
pub(in crate::store) const GROUP: usize = 16;

/// A list of the first [`GROUP`] places of a statement.
macro_rules! group {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    };
}
pub(super) use group;

/// A value to bind.
#[derive(Debug, Clone)]
pub(in crate::store) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Integer(Option<i64>),
}

macro_rules! value {
    ($($type:ty: $value:ident => $made:expr;)+) => {$(
        impl<'q> From<$type> for Value<'q> {
            fn from($value: $type) -> Self {
                $made
            }
        }
    )+};
}

value! {
    &'q str: text => Self::Text(Some(Cow::Borrowed(text)));
    &'q String: text => Self::Text(Some(Cow::Borrowed(text)));
    String: text => Self::Text(Some(Cow::Owned(text)));
    Option<&'q str>: text => Self::Text(text.map(Cow::Borrowed));
    &'q Option<String>: text => Self::Text(text.as_deref().map(Cow::Borrowed));
    Option<String>: text => Self::Text(text.map(Cow::Owned));
    i64: number => Self::Integer(Some(number));
    Option<i64>: number => Self::Integer(number);
}

/// A statement with its values.
#[derive(Debug)]
#[must_use = "a statement does nothing until it is run"]
pub(in crate::store) struct Query<'q> {
    statement: &'static str,
    values: Vec<Value<'q>>,
}

/// Begins with a statement.
pub(in crate::store) fn query(statement: &'static str) -> Query<'static> {
    Query { statement, values: Vec::new() }
}

/// Runs a statement by the named method of sqlx, on whichever database it is.
macro_rules! run {
    ($query:ident, $conn:ident, $method:ident, $sqlite:expr, $postgres:expr) => {{
        // Statements are written in this project and hold no values, so that they can be told.
        tracing::trace!(target: "onegent_engine::sql", statement = $query.statement);
        match $conn.raw() {
            Raw::Sqlite(conn) => bound!($query, Sqlite, Cow::into_owned).$method(conn).await.map($sqlite),
            Raw::Postgres(conn) => bound!($query, Postgres, without_nul).$method(conn).await.map($postgres),
        }
    }};
}

macro_rules! bound {
    ($query:ident, $database:ty, $text:expr) => {{
        let mut bound = sqlx::query::<$database>($query.statement);
        for value in $query.values {
            bound = match value {
                Value::Text(text) => bound.bind(text.map($text)),
                Value::Integer(number) => bound.bind(number),
            };
        }
        bound
    }};
}

/// PostgreSQL has no place for U+0000 in a text. What a stranger sends must not make it fail.
fn without_nul(text: Cow<'_, str>) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.into_owned() }
}

impl<'q> Query<'q> {
    /// Binds the next value.
    pub(in crate::store) fn bind<'v>(self, value: impl Into<Value<'v>>) -> Query<'v>
    where
        'q: 'v,
    {
        let mut query: Query<'v> = self;
        query.values.push(value.into());
        query
    }

    /// Binds the places of [`group!`]; those that are left over match nothing.
    pub(in crate::store) fn bind_group(mut self, values: &[impl ToString]) -> Self {
        let texts = values.iter().map(|value| Some(Cow::Owned(value.to_string())));
        let places = texts.chain(std::iter::repeat_with(|| None)).take(GROUP);
        self.values.extend(places.map(Value::Text));
        self
    }

    /// How many rows it changed.
    pub(in crate::store) async fn execute(self, conn: &mut Conn) -> Result<u64, sqlx::Error> {
        run!(self, conn, execute, |done| done.rows_affected(), |done| done.rows_affected())
    }

    pub(in crate::store) async fn fetch_optional(self, conn: &mut Conn) -> Result<Option<Row>, sqlx::Error> {
        run!(self, conn, fetch_optional, |row| row.map(Row::Sqlite), |row| row.map(Row::Postgres))
    }

    pub(in crate::store) async fn fetch_one(self, conn: &mut Conn) -> Result<Row, sqlx::Error> {
        run!(self, conn, fetch_one, Row::Sqlite, Row::Postgres)
    }

    pub(in crate::store) async fn fetch_all(self, conn: &mut Conn) -> Result<Vec<Row>, sqlx::Error> {
        run!(self, conn, fetch_all, |rows| rows.into_iter().map(Row::Sqlite).collect(), |rows| {
            rows.into_iter().map(Row::Postgres).collect()
        })
    }
}

/// A row that was read.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub(in crate::store) trait Column<'r>:
    sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

impl<'r, T> Column<'r> for T where
    T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

impl Row {
    pub(in crate::store) fn get<'r, T: Column<'r>>(&'r self, name: &str) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(name),
            Self::Postgres(row) => row.try_get(name),
        }
    }
}
