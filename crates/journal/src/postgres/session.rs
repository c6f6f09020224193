//! One connection for one call.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::address::Address;
use super::fault::Fault;
use super::tls::connector;

/// Connections of one process. PostgreSQL serves a hundred clients unless it is set up for more.
const CONNECTIONS: usize = 8;
/// How long a call waits until one of them is free.
const FREE: Duration = Duration::from_secs(30);

pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

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
        "SET search_path TO {}; SET default_transaction_isolation TO 'read committed';
        SET default_transaction_read_only TO {}; SET statement_timeout TO '30s'; SET lock_timeout TO '10s';
        SET idle_in_transaction_session_timeout TO '30s'",
        quoted(&address.schema),
        if is_read_only { "on" } else { "off" },
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

    /// Begins a transaction, in which each statement sees what is committed before it.
    pub(super) async fn begin(&self) -> Result<(), Fault> {
        self.batch("BEGIN").await
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

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            // Its state is unknown.
            drop(Object::take(object));
        }
    }
}
