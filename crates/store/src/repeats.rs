//! Requests that may be sent again: who works on one, and what was answered. The database holds
//! digests of keys, never a key.

use crate::database::{Row, Store, args, new_id, statements, stored_time, transaction};
use crate::error::{Result, StoreError};
use crate::imports::hex_digest;
use crate::value::Text;
use jiff::Timestamp;
use uuid::Uuid;

/// Most bytes of an answer that is kept.
pub const BODY_MAX: usize = 256 * 1024;

statements! {
    CLAIM = "INSERT INTO idempotency_keys (user_id, key_hash, operation, request_hash, claim_id, \
        leased_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (user_id, key_hash) DO UPDATE SET operation = excluded.operation, \
        request_hash = excluded.request_hash, claim_id = excluded.claim_id, \
        leased_until = excluded.leased_until, created_at = excluded.created_at, \
        status = NULL, body = NULL \
        WHERE idempotency_keys.created_at <= $8 OR (idempotency_keys.status IS NULL \
        AND idempotency_keys.leased_until <= $7 \
        AND idempotency_keys.operation = excluded.operation \
        AND idempotency_keys.request_hash = excluded.request_hash)";
    FIND = "SELECT operation, request_hash, status, body FROM idempotency_keys \
        WHERE user_id = $1 AND key_hash = $2";
    FINISH = "UPDATE idempotency_keys SET status = $4, body = $5 \
        WHERE user_id = $1 AND key_hash = $2 AND claim_id = $3 AND status IS NULL";
    RELEASE = "DELETE FROM idempotency_keys \
        WHERE user_id = $1 AND key_hash = $2 AND claim_id = $3 AND status IS NULL";
    FORGET = "DELETE FROM idempotency_keys WHERE created_at <= $1";
}

/// A request with its key, as a client sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// SHA-256 of the key, hexadecimal.
    key_hash: String,
    /// Method and address.
    operation: Text<255>,
    /// SHA-256 of the body, hexadecimal.
    request_hash: String,
}

impl Repeatable {
    /// A request of a key, a method with its address, and a body; `None` for an address that is
    /// longer than any there is.
    #[must_use]
    pub fn of(key: &str, operation: &str, body: &[u8]) -> Option<Self> {
        let operation = Text::new(operation)?;
        let (key_hash, request_hash) = (hex_digest(key.as_bytes()), hex_digest(body));
        Some(Self { key_hash, operation, request_hash })
    }

    /// What became of the request that has its key.
    fn found(&self, row: &Row) -> Result<Claimed> {
        let operation: Text<255> = row.get("operation")?;
        let request_hash: String = row.get("request_hash")?;
        if operation != self.operation || request_hash != self.request_hash {
            return Ok(Claimed::OtherRequest);
        }
        let body: Option<String> = row.get("body")?;
        Ok(match row.get::<Option<i32>>("status")? {
            Some(status) => Claimed::Answered(status, body.unwrap_or_default()),
            None => Claimed::Underway,
        })
    }
}

/// A request that is ours to work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    user: Uuid,
    key_hash: String,
    id: Uuid,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is new, or whoever worked on it has been gone for long: do it.
    Ours(Claim),
    /// Somebody works on it.
    Underway,
    /// It was answered: status and body.
    Answered(i32, String),
    /// The key belongs to another request.
    OtherRequest,
}

impl Store {
    /// Claims a request until a moment: of several who try at once, one gets it. A key of before
    /// `forget` counts as new.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without such a user.
    pub async fn claim_repeatable(
        &self,
        user: Uuid,
        request: &Repeatable,
        (until, forget): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Claimed> {
        let id = new_id(now);
        let Repeatable { key_hash, operation, request_hash } = request;
        let args = args![
            user,
            key_hash.clone(),
            operation.clone(),
            request_hash.clone(),
            id,
            stored_time(until),
            stored_time(now),
            stored_time(forget)
        ];
        let (claimed, stored) = transaction!(self, |db| {
            if db.execute(CLAIM, args.clone()).await? == 1 {
                return Ok((true, None));
            }
            Ok((false, db.first(FIND, args![user, key_hash.clone()]).await?))
        })?;
        match stored {
            _ if claimed => Ok(Claimed::Ours(Claim { user, key_hash: key_hash.clone(), id })),
            // Released in between: it will be free the next time.
            None => Ok(Claimed::Underway),
            Some(row) => request.found(&row),
        }
    }

    /// Keeps the answer to a claimed request.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] above [`BODY_MAX`]; [`StoreError::LeaseLost`] where somebody else
    /// has claimed it since.
    pub async fn answer_repeatable(&self, claim: &Claim, status: i32, body: &str) -> Result<()> {
        if body.len() > BODY_MAX {
            let (what, found, limit) = ("bytes of an answer", body.len(), BODY_MAX);
            return Err(StoreError::TooMany { what, found, limit });
        }
        let Claim { user, key_hash, id } = claim;
        let args = args![*user, key_hash.clone(), *id, status, body.to_owned()];
        match transaction!(self, |db| db.execute(FINISH, args.clone()).await)? {
            0 => Err(StoreError::LeaseLost),
            _ => Ok(()),
        }
    }

    /// Gives a claim back: the request was not done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_repeatable(&self, claim: &Claim) -> Result<()> {
        let Claim { user, key_hash, id } = claim;
        let args = args![*user, key_hash.clone(), *id];
        transaction!(self, |db| db.execute(RELEASE, args.clone()).await).map(drop)
    }

    /// Deletes what was claimed up to a moment; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_repeatables(&self, until: Timestamp) -> Result<u64> {
        let args = args![stored_time(until)];
        transaction!(self, |db| db.execute(FORGET, args.clone()).await)
    }
}
