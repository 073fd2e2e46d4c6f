//! The system's random numbers: for tokens, keys and ids, never for what is decided.

use crate::error::{AppError, Result};

/// Fills bytes.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|e| AppError::Internal(format!("the system gives no random numbers ({e})")))
}

/// So many bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}
