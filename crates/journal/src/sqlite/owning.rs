//! The calls about owners.

use chrono::Utc;
use videogen::journal::JournalError;

use super::{SqliteJournal, owner};
use crate::owner::{Account, Owner, Taken, Unfinished};

impl SqliteJournal {
    /// Makes an owner the owner of what is submitted with the returned journal.
    #[must_use]
    pub fn owned_by(mut self, owner: &Owner) -> Self {
        self.owner = Some(owner.clone());
        self
    }

    pub(crate) async fn enter(&self, owner: &Owner) -> Result<(), JournalError> {
        let owner = owner.clone();
        self.written(move |connection| {
            owner::sweep(connection)?;
            owner::enter(connection, &owner, Utc::now())
        })
        .await
    }

    pub(crate) async fn extend(&self, owner: &Owner) -> Result<bool, JournalError> {
        let owner = owner.clone();
        self.written(move |connection| owner::extend(connection, &owner, Utc::now()))
            .await
    }

    pub(crate) async fn take_over(
        &self,
        owner: &Owner,
        accounts: &[Account],
        limit: u32,
    ) -> Result<Option<Taken>, JournalError> {
        let (owner, accounts) = (owner.clone(), accounts.to_vec());
        self.written(move |connection| owner::take_over(connection, &owner, &accounts, limit))
            .await
    }

    pub(crate) async fn unfinished(&self, accounts: &[Account]) -> Result<Unfinished, JournalError> {
        let accounts = accounts.to_vec();
        self.run(move |connection| owner::unfinished(connection, &accounts))
            .await
    }

    pub(crate) async fn take(&self, owner: &Owner, intent: &str) -> Result<bool, JournalError> {
        let (owner, intent) = (owner.clone(), intent.to_owned());
        self.written(move |connection| owner::take(connection, &owner, &intent))
            .await
    }

    pub(crate) async fn release(&self, owner: &Owner, intent: &str) -> Result<(), JournalError> {
        let (owner, intent) = (owner.clone(), intent.to_owned());
        self.written(move |connection| owner::release(connection, &owner, &intent))
            .await
    }

    pub(crate) async fn leave(&self, owner: &Owner) -> Result<(), JournalError> {
        let owner = owner.clone();
        self.written(move |connection| owner::leave(connection, &owner)).await
    }
}
