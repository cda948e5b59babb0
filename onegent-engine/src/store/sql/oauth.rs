//! Connected apps in SQLite: one file for clients, one for requests and their decisions, one for grants and tokens.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::id::{AccountId, GrantId};
use onegent_core::port::GrantEnd;

use super::SqlStore;
use super::tx::BoxFuture;
use crate::store::StoreError;
use crate::store::oauth::{
    Approve, ClientRecord, GrantRecord, Issue, OAuthStore, RedeemCode, Refresh, RequestRecord, TokenRecord,
};

mod clients;
mod grants;
mod requests;
mod tokens;

#[async_trait]
impl OAuthStore for SqlStore {
    async fn add_client(&self, client: ClientRecord, most: u64) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(clients::add(tx, client, most))).await
    }

    async fn update_client(&self, client: ClientRecord) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(clients::update(tx, client))).await
    }

    async fn client(&self, id: &str) -> Result<Option<ClientRecord>, StoreError> {
        clients::find(&mut self.read().await?, id).await
    }

    async fn clients(&self) -> Result<Vec<ClientRecord>, StoreError> {
        clients::all(&mut self.read().await?).await
    }

    async fn remove_client(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write(move |tx| Box::pin(clients::remove(tx, id))).await
    }

    async fn add_request(
        &self,
        hash: String,
        request: RequestRecord,
        ttl: Duration,
        most: u64,
    ) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(requests::add(tx, hash, request, ttl, most))).await
    }

    async fn show_request(
        &self,
        hash: &str,
        account: AccountId,
    ) -> Result<Option<RequestRecord>, StoreError> {
        let hash = hash.to_owned();
        self.write(move |tx| Box::pin(requests::show(tx, hash, account))).await
    }

    async fn approve(&self, approve: Approve) -> Result<Option<RequestRecord>, StoreError> {
        self.write(move |tx| Box::pin(requests::approve(tx, approve))).await
    }

    async fn deny(&self, hash: &str, account: AccountId) -> Result<Option<RequestRecord>, StoreError> {
        let hash = hash.to_owned();
        self.write(move |tx| Box::pin(requests::deny(tx, hash, account))).await
    }

    async fn redeem_code(&self, redeem: RedeemCode) -> Result<Issue, StoreError> {
        self.write(move |tx| Box::pin(tokens::redeem(tx, redeem))).await
    }

    async fn refresh(&self, refresh: Refresh) -> Result<Issue, StoreError> {
        self.write(move |tx| Box::pin(tokens::refresh(tx, refresh))).await
    }

    async fn revoke_token(&self, hash: &str, client: &str) -> Result<(), StoreError> {
        let (hash, client) = (hash.to_owned(), client.to_owned());
        self.write(move |tx| Box::pin(tokens::revoke(tx, hash, client))).await
    }

    async fn token(&self, hash: &str) -> Result<Option<TokenRecord>, StoreError> {
        let (readers, clock) = (self.readers(), Arc::clone(&self.clock));
        let read = move |hashes: Vec<String>| -> BoxFuture<'static, _> {
            let (readers, now) = (readers.clone(), clock.now());
            Box::pin(async move { tokens::find_each(&mut readers.lend().await?, &hashes, now).await })
        };
        self.tokens.find(hash.to_owned(), read).await
    }

    async fn grant_used(&self, grant: GrantId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(grants::used(tx, grant))).await
    }

    async fn grants(
        &self,
        account: AccountId,
        ended_since: Timestamp,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        grants::list(&mut self.read().await?, account, self.now(), ended_since).await
    }

    async fn end_grant(&self, account: AccountId, grant: GrantId, why: GrantEnd) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(grants::end_of(tx, account, grant, why))).await
    }

    async fn forget_oauth(&self, unused: Duration) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(grants::forget(tx, unused))).await
    }
}
