//! Sealed secrets: what may stand in the database only in an envelope.
//!
//! An envelope is text: `v1.KEY.NONCE.SEALED`, all in hexadecimal: the first eight bytes of the
//! digest of its key, 24 random bytes, and XChaCha20-Poly1305 of the secret. The table, the column
//! and the user are authenticated with it: an envelope that is moved to another row does not open.
//!
//! The keys are in a file of their own, one a line, the one in force first. The file is read at
//! every use, so that a process notices when another one has changed the key.

use crate::App;
use crate::error::{AppError, Result};
use crate::facts::hex;
use crate::random;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use hermes_store::secrets::SecretColumn;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The version of the envelope.
const VERSION: &str = "v1";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Bytes of a key's digest that name it.
const NAME_BYTES: usize = 8;
/// Most keys in the file: the one in force, and older ones while they are replaced.
const KEYS_MAX: usize = 8;
/// How often a new key is carried through the table where others write meanwhile.
const PASSES_MAX: u32 = 5;

/// Where an envelope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The column.
    pub column: SecretColumn,
    /// Whose row.
    pub user: Uuid,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        format!("{}.{}.{}", self.column.table(), self.column.column(), self.user).into_bytes()
    }
}

/// One key, wiped from memory after use.
struct Key {
    name: String,
    bytes: SecretBox<[u8; KEY_BYTES]>,
}

impl Key {
    fn of(bytes: SecretBox<[u8; KEY_BYTES]>) -> Self {
        let digest = Sha256::digest(bytes.expose_secret());
        let name = hex(digest.get(..NAME_BYTES).unwrap_or_default());
        Self { name, bytes }
    }

    fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        random::fill(bytes.as_mut())?;
        Ok(Self::of(SecretBox::new(Box::new(*bytes))))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(*self.bytes.expose_secret()))
    }
}

/// The keys in a file.
#[derive(Debug, Clone)]
pub struct Keys {
    file: PathBuf,
}

/// What became of the envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Envelopes in the database.
    pub envelopes: u64,
    /// How many of them were sealed anew.
    pub sealed_anew: u64,
    /// The name of the key in force.
    pub key: String,
}

impl Keys {
    /// The keys in that file. It is made on first need, for its owner only.
    #[must_use]
    pub const fn in_file(file: PathBuf) -> Self {
        Self { file }
    }

    /// Seals a secret for its place.
    ///
    /// # Errors
    /// When the key file cannot be read or made.
    pub fn seal(&self, place: Place, secret: &SecretString) -> Result<String> {
        let keys = match self.read()? {
            Some(keys) => keys,
            None => self.make()?,
        };
        seal(first(&keys)?, place, secret)
    }

    /// The secret in an envelope.
    ///
    /// # Errors
    /// [`AppError::BadInput`] where the file does not hold its key, or the text is no envelope
    /// that was made for this place.
    pub fn open(&self, place: Place, envelope: &str) -> Result<SecretString> {
        self.open_with(&self.read()?.unwrap_or_default(), place, envelope)
    }

    fn open_with(&self, keys: &[Key], place: Place, envelope: &str) -> Result<SecretString> {
        let where_ = || format!("the {} of user {}", place.column.column(), place.user);
        let Some((name, nonce, sealed)) = parts(envelope) else {
            return Err(AppError::BadInput(format!("{} is no sealed envelope", where_())));
        };
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            return Err(AppError::BadInput(format!(
                "{} is sealed with key {name}, which is not in {}; name the file that holds it \
                 with HERMES_SECRET_KEY_FILE",
                where_(),
                self.file.display()
            )));
        };
        let payload = Payload { msg: &sealed, aad: &place.bytes() };
        let opened = key.cipher().decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new);
        let text =
            opened.and_then(|bytes| std::str::from_utf8(&bytes).ok().map(SecretString::from));
        text.ok_or_else(|| {
            AppError::BadInput(format!("{} was not sealed for this place", where_()))
        })
    }

    /// The keys of the file, the one in force first; `None` without a file.
    fn read(&self) -> Result<Option<Vec<Key>>> {
        let text = match std::fs::read_to_string(&self.file) {
            Ok(text) => Zeroizing::new(text),
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(self.failed("cannot be read", &e)),
        };
        let keys: Option<Vec<Key>> = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| bytes::<KEY_BYTES>(line.trim()).map(|b| Key::of(SecretBox::new(b.into()))))
            .collect();
        match keys {
            Some(keys) if (1..=KEYS_MAX).contains(&keys.len()) => Ok(Some(keys)),
            _ => Err(AppError::BadInput(format!(
                "the key file {} is damaged: each line must be a key of {} hexadecimal digits",
                self.file.display(),
                2 * KEY_BYTES
            ))),
        }
    }

    /// Makes the file with a new key. Of several processes at once one succeeds; all use its key.
    fn make(&self) -> Result<Vec<Key>> {
        let draft = self.write_draft(&[Key::random()?])?;
        let linked = std::fs::hard_link(&draft, &self.file);
        let removed = std::fs::remove_file(&draft);
        match linked {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                return Err(self.failed("cannot be made", &e));
            }
            _ => {}
        }
        removed.map_err(|e| self.failed("cannot be made", &e))?;
        self.read()?.ok_or_else(|| AppError::Internal("the key file is gone again".to_owned()))
    }

    /// Replaces the file at one stroke.
    fn replace(&self, keys: &[Key]) -> Result<()> {
        let draft = self.write_draft(keys)?;
        std::fs::rename(&draft, &self.file).map_err(|e| self.failed("cannot be replaced", &e))?;
        sync_folder(&self.file).map_err(|e| self.failed("cannot be replaced", &e))
    }

    fn write_draft(&self, keys: &[Key]) -> Result<PathBuf> {
        let draft = beside(&self.file, &random_name()?);
        let mut text = Zeroizing::new(String::from(
            "# The secret keys of a Hermes, the one in force first. Keep a copy apart from backups.\n",
        ));
        for key in keys {
            text.push_str(&Zeroizing::new(hex(key.bytes.expose_secret())));
            text.push('\n');
        }
        let written = private(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|e| self.failed("cannot be written", &e))?;
        Ok(draft)
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> AppError {
        AppError::BadInput(format!("the key file {} {what}: {error}", self.file.display()))
    }
}

impl App {
    /// Seals every envelope with a new key and then forgets the old one. When it was cut off, it
    /// goes on where it was: the file holds both keys until nothing needs the old one.
    ///
    /// Other processes may read meanwhile. One that seals at the very end could still use the old
    /// key: stop the server first.
    ///
    /// # Errors
    /// [`AppError::BadInput`] before anything is changed where an envelope does not open with the
    /// keys of the file; when the database fails.
    pub async fn rekey(&self, keys: &Keys) -> Result<Rekeyed> {
        self.schema().await?.check()?;
        let held = keys.read()?;
        let mut envelopes = 0;
        let known = held.as_deref().unwrap_or_default();
        self.each_envelope(|place, envelope| {
            envelopes += 1;
            keys.open_with(known, place, envelope).map(|_| None)
        })
        .await?;
        let mut ring = match held {
            None => {
                let key = first(&keys.make()?)?.name.clone();
                return Ok(Rekeyed { envelopes, sealed_anew: 0, key });
            }
            Some(ring) => ring,
        };
        if ring.len() == 1 {
            ring.insert(0, Key::random()?);
            keys.replace(&ring)?;
        }
        let current = first(&ring)?;
        let mut sealed_anew = 0;
        for pass in 1.. {
            let mut old = 0;
            self.each_envelope(|place, envelope| {
                if parts(envelope).is_some_and(|(name, ..)| name == current.name) {
                    return Ok(None);
                }
                old += 1;
                seal(current, place, &keys.open_with(&ring, place, envelope)?).map(Some)
            })
            .await?;
            if old == 0 {
                break;
            }
            sealed_anew += old;
            if pass == PASSES_MAX {
                return Err(AppError::Conflict(
                    "secrets are being written with the old key meanwhile; stop the server and \
                     run this again (both keys are kept)"
                        .to_owned(),
                ));
            }
        }
        let key = current.name.clone();
        ring.truncate(1);
        keys.replace(&ring)?;
        Ok(Rekeyed { envelopes, sealed_anew, key })
    }

    /// Shows every envelope, in batches, and replaces it where another is given.
    async fn each_envelope(
        &self,
        mut then: impl FnMut(Place, &str) -> Result<Option<String>>,
    ) -> Result<()> {
        for column in SecretColumn::ALL {
            let mut after = Uuid::nil();
            loop {
                let batch = self.store.envelopes_after(column, after).await?;
                let Some((last, _)) = batch.last() else { break };
                after = *last;
                let mut replacements = Vec::new();
                for (user, envelope) in batch {
                    if let Some(new) = then(Place { column, user }, &envelope)? {
                        replacements.push((user, envelope, new));
                    }
                }
                if !replacements.is_empty() {
                    self.store.replace_envelopes(column, &replacements).await?;
                }
            }
        }
        Ok(())
    }

    /// Secrets that stand in the database without an envelope, in words.
    pub(crate) async fn bare_secrets(&self) -> Result<Vec<String>> {
        let mut bare = [0_u64; SecretColumn::ALL.len()];
        self.each_envelope(|place, envelope| {
            if parts(envelope).is_none() {
                let at = SecretColumn::ALL.iter().position(|c| *c == place.column);
                if let Some(count) = at.and_then(|at| bare.get_mut(at)) {
                    *count += 1;
                }
            }
            Ok(None)
        })
        .await?;
        let counted = SecretColumn::ALL.into_iter().zip(bare).filter(|(_, n)| *n > 0);
        Ok(counted
            .map(|(c, n)| format!("{}.{} holds {n} that are not sealed", c.table(), c.column()))
            .collect())
    }
}

fn first(keys: &[Key]) -> Result<&Key> {
    keys.first().ok_or_else(|| AppError::Internal("the key file holds no key".to_owned()))
}

fn seal(key: &Key, place: Place, secret: &SecretString) -> Result<String> {
    let nonce = random::bytes::<NONCE_BYTES>()?;
    let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &place.bytes() };
    let sealed = key
        .cipher()
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| AppError::Internal("a secret cannot be sealed".to_owned()))?;
    Ok(format!("{VERSION}.{}.{}.{}", key.name, hex(&nonce), hex(&sealed)))
}

/// The key's name, the nonce and the sealed bytes of an envelope.
fn parts(envelope: &str) -> Option<(&str, [u8; NONCE_BYTES], Vec<u8>)> {
    let mut parts = envelope.split('.');
    let (version, name) = (parts.next()?, parts.next()?);
    let (nonce, sealed) = (parts.next()?, parts.next()?);
    if version != VERSION || name.len() != 2 * NAME_BYTES || parts.next().is_some() {
        return None;
    }
    Some((name, bytes(nonce)?, unhex(sealed)?))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| char::from(*c).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    unhex(text).map(Zeroizing::new)?.as_slice().try_into().ok()
}

/// Makes a file that only its owner can read; it must not be there.
pub(crate) fn private(file: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// A name that nothing else has.
pub(crate) fn random_name() -> Result<String> {
    Ok(hex(&random::bytes::<NAME_BYTES>()?))
}

/// A file beside another: its name with something after it.
pub(crate) fn beside(file: &Path, after: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(after);
    PathBuf::from(name)
}

/// Lets a renamed file survive a power cut.
pub(crate) fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(column: SecretColumn, user: u128) -> Place {
        Place { column, user: Uuid::from_u128(user) }
    }

    #[test]
    fn an_envelope_opens_in_its_place_only() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_file(folder.path().join("secret.key"));
        let here = place(SecretColumn::AccessToken, 7);
        let secret = SecretString::from("a token");
        let sealed = keys.seal(here, &secret).unwrap();
        assert!(!sealed.contains("token") && sealed.starts_with("v1."));
        assert_ne!(sealed, keys.seal(here, &secret).unwrap(), "another nonce");
        assert_eq!(keys.open(here, &sealed).unwrap().expose_secret(), "a token");
        for other in [place(SecretColumn::AccessToken, 8), place(SecretColumn::RefreshToken, 7)] {
            let error = keys.open(other, &sealed).unwrap_err().to_string();
            assert!(error.contains("was not sealed for this place"), "{error}");
        }
        for at in [30, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(keys.open(here, &String::from_utf8(changed).unwrap()).is_err(), "{at}");
        }
        for text in ["", "v1", "a token", "v2.00.00.00"] {
            let error = keys.open(here, text).unwrap_err().to_string();
            assert!(error.contains("is no sealed envelope"), "{error}");
        }
    }

    #[test]
    fn the_key_file_is_private_and_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let keys = Keys::in_file(file.clone());
        let here = place(SecretColumn::AccessToken, 7);
        let sealed = keys.seal(here, &SecretString::from("x")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let text = std::fs::read_to_string(&file).unwrap();
        keys.make().unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "the first one stays");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside it");

        let other = Keys::in_file(folder.path().join("other.key"));
        other.make().unwrap();
        let error = other.open(here, &sealed).unwrap_err().to_string();
        assert!(error.contains("which is not in") && error.contains("other.key"), "{error}");
        std::fs::write(&file, "abc\n").unwrap();
        let error = keys.open(here, &sealed).unwrap_err().to_string();
        assert!(error.contains("is damaged") && !error.contains("abc"), "{error}");
    }
}
