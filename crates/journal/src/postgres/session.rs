//! One connection for one call.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::future::{join, join_all};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use super::address::Address;
use super::fault::Fault;
use super::tls::connector;

/// Connections of one process. PostgreSQL serves a hundred clients unless it is set up for more.
const CONNECTIONS: usize = 8;
/// How long a call waits until one of them is free.
const FREE: Duration = Duration::from_secs(30);

pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A [prepared](Session::prepare) statement and its values.
pub(super) type Query<'a> = (&'a Statement, Values<'a>);

/// Creates the connections when they are needed.
///
/// # Errors
/// When TLS cannot be set up.
pub(super) fn pool(address: &Address, is_read_only: bool) -> Result<Pool, String> {
    let manager = Manager::from_config(
        address.config.clone(),
        connector(&address.verification)?,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    // Times out on the server, because a client that waits no longer would leave the statement running. Each call has one
    // transaction, which holds locks and does not wait for a client.
    let settings = format!(
        "SET search_path TO {}; SET default_transaction_isolation TO 'read committed'; {} SET statement_timeout TO '30s'; SET lock_timeout TO '10s';
        SET idle_in_transaction_session_timeout TO '30s'",
        quoted(&address.schema),
        // Otherwise it is as the server has it, which an administrator may have set to stop all writes.
        if is_read_only {
            "SET default_transaction_read_only TO on;"
        } else {
            ""
        },
    );
    let hook = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let settings = settings.clone();
        Box::pin(async move { client.batch_execute(&settings).await.map_err(HookError::Backend) })
    });
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(FREE))
        .runtime(Runtime::Tokio1)
        .post_create(hook)
        .build()
        .map_err(|error| error.to_string())
}

/// An identifier in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A connection. One that is dropped in the middle of a transaction is closed, which rolls it back.
pub(super) struct Session {
    object: Option<Object>,
}

impl Session {
    pub(super) async fn new(pool: &Pool) -> Result<Self, Fault> {
        let object = pool.get().await.map_err(Fault::of_pool)?;
        Ok(Self { object: Some(object) })
    }

    fn client(&self) -> &Object {
        self.object.as_ref().expect("it is taken when the session ends")
    }

    pub(super) async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Fault> {
        let statement = self.client().prepare_cached(sql).await?;
        Ok(self.client().query(&statement, values).await?)
    }

    /// The first row.
    pub(super) async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Fault> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs a statement, and returns the number of changed rows.
    pub(super) async fn run(&self, sql: &str, values: Values<'_>) -> Result<u64, Fault> {
        let statement = self.client().prepare_cached(sql).await?;
        Ok(self.client().execute(&statement, values).await?)
    }

    /// Runs statements without values.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client().batch_execute(sql).await?)
    }

    /// Prepares a statement, for queries that are sent without waiting for each other's answers.
    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, Fault> {
        Ok(self.client().prepare_cached(sql).await?)
    }

    /// Begins a transaction, in which each statement sees what is committed before it.
    pub(super) async fn begin(&self) -> Result<(), Fault> {
        self.batch("BEGIN").await
    }

    /// Begins a transaction and runs queries in it, one after the other, in one round trip. Returns the rows of each.
    pub(super) async fn begin_with<const N: usize>(&self, queries: [Query<'_>; N]) -> Result<[Vec<Row>; N], Fault> {
        // They are sent in the order in which they are polled first, and the server runs them in that order.
        let (begun, rows) = join(self.begin(), self.all(queries)).await;
        begun?;
        in_order(rows)
    }

    /// Runs queries, one after the other, and commits, in one round trip. Returns the rows of each.
    ///
    /// # Errors
    /// That of the first query that failed: nothing is committed then. Otherwise that of the commit.
    pub(super) async fn commit_with<const N: usize>(self, queries: [Query<'_>; N]) -> Result<[Vec<Row>; N], Fault> {
        let (rows, committed) = join(self.all(queries), self.client().batch_execute("COMMIT")).await;
        let rows = match in_order(rows) {
            Ok(rows) => rows,
            Err(fault) => {
                // The server has made a rollback of the commit.
                if fault.leaves_connection() && committed.is_ok() {
                    self.close();
                }
                return Err(fault.before_commit());
            }
        };
        committed.map_err(|error| Fault::of_commit(&error))?;
        self.close();
        Ok(rows)
    }

    /// Runs queries, which are sent in this order without waiting for answers.
    async fn all<const N: usize>(&self, queries: [Query<'_>; N]) -> Vec<Result<Vec<Row>, tokio_postgres::Error>> {
        join_all(queries.map(|(statement, values)| self.client().query(statement, values))).await
    }

    /// Ends a transaction: commits `Ok`, unless it is marked with `false`, and rolls back anything else.
    pub(super) async fn end<T>(self, result: Result<(T, bool), Fault>) -> Result<T, Fault> {
        match result {
            Ok((value, true)) => {
                let committed = self.client().batch_execute("COMMIT").await;
                committed.map_err(|error| Fault::of_commit(&error))?;
                self.close();
                Ok(value)
            }
            Ok((value, false)) => {
                if self.batch("ROLLBACK").await.is_ok() {
                    self.close();
                }
                Ok(value)
            }
            Err(fault) => {
                if fault.leaves_connection() && self.batch("ROLLBACK").await.is_ok() {
                    self.close();
                }
                Err(fault)
            }
        }
    }

    /// Returns the connection to the others.
    pub(super) fn close(mut self) {
        drop(self.object.take());
    }
}

/// The rows of all queries, or the fault of the first that failed: those after it fail because of it.
fn in_order<const N: usize>(rows: Vec<Result<Vec<Row>, tokio_postgres::Error>>) -> Result<[Vec<Row>; N], Fault> {
    let rows: Vec<Vec<Row>> = rows.into_iter().collect::<Result<_, _>>()?;
    rows.try_into()
        .map_err(|_| Fault::Refused("a query has no answer".to_owned()))
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            // Its state is unknown.
            drop(Object::take(object));
        }
    }
}
