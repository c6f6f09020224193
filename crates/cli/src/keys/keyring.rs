//! The keyring of the operating system: Keychain, Credential Manager or the Secret Service. Only with the feature `keyring`.

use std::sync::OnceLock;

use secrecy::SecretString;
use videogen::{ErrorKind, Vendor};

use crate::exit::{ACCOUNT, Failure};
use crate::invocation::Invocation;

static IS_USED: OnceLock<()> = OnceLock::new();

/// Uses it for the rest of the run.
pub(crate) fn use_it() {
    let _ = IS_USED.set(());
}

/// Whether it is used.
pub(super) fn is_used() -> bool {
    IS_USED.get().is_some()
}

/// Checks whether it can be reached.
///
/// # Errors
/// When it cannot.
pub(super) fn check() -> Result<(), Failure> {
    match is_used() {
        true => platform::open().map(drop).map_err(unusable),
        false => Ok(()),
    }
}

/// The key of a vendor in it.
///
/// # Errors
/// When it cannot be reached, or the user does not unlock it.
pub(super) fn find(vendor: Vendor) -> Result<Option<SecretString>, Failure> {
    match is_used() {
        true => platform::open()
            .and_then(|keyring| keyring.find(vendor))
            .map_err(unusable),
        false => Ok(None),
    }
}

/// Stores the key of a vendor, in place of an earlier one.
///
/// # Errors
/// See [`find`].
pub(super) fn save(vendor: Vendor, key: &SecretString) -> Result<(), Failure> {
    platform::open()
        .and_then(|keyring| keyring.save(vendor, key))
        .map_err(unusable)
}

/// Removes the key of a vendor, and returns whether there was one.
///
/// # Errors
/// See [`find`].
pub(super) fn remove(vendor: Vendor) -> Result<bool, Failure> {
    match is_used() {
        true => platform::open()
            .and_then(|keyring| keyring.remove(vendor))
            .map_err(unusable),
        false => Ok(false),
    }
}

fn unusable(reason: String) -> Failure {
    let file = Invocation::new("config")
        .arg("set")
        .arg("defaults.key_store")
        .arg("file");
    Failure::new(ACCOUNT, ErrorKind::Config, format!("cannot use the keyring: {reason}"))
        .hint(&format!("To keep keys in a file instead: {file}"))
}

#[cfg(feature = "keyring")]
mod platform {
    use std::sync::Arc;

    use keyring_core::{CredentialStore, Entry, Error, get_default_store};
    use secrecy::{ExposeSecret as _, SecretString};
    use videogen::Vendor;

    /// What the entries are of; the vendor is their user.
    const SERVICE: &str = "videogen";

    pub(super) struct Keyring(Arc<CredentialStore>);

    /// The keyring of this system.
    pub(super) fn open() -> Result<Keyring, String> {
        if let Err(error) = ::keyring::Entry::store_status() {
            return Err(reason(error));
        }
        let store = get_default_store().ok_or("this system has none")?;
        Ok(Keyring(store))
    }

    impl Keyring {
        fn entry(&self, vendor: Vendor) -> Result<Entry, Error> {
            Entry::new_in_store(&self.0, SERVICE, vendor.as_str())
        }

        pub(super) fn find(&self, vendor: Vendor) -> Result<Option<SecretString>, String> {
            match self.entry(vendor).and_then(|entry| entry.get_password()) {
                Ok(key) => Ok(Some(key.into())),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(reason(&error)),
            }
        }

        pub(super) fn save(&self, vendor: Vendor, key: &SecretString) -> Result<(), String> {
            let entry = self.entry(vendor);
            let saved = entry.and_then(|entry| entry.set_password(key.expose_secret()));
            saved.map_err(|error| reason(&error))
        }

        pub(super) fn remove(&self, vendor: Vendor) -> Result<bool, String> {
            match self.entry(vendor).and_then(|entry| entry.delete_credential()) {
                Ok(()) => Ok(true),
                Err(Error::NoEntry) => Ok(false),
                Err(error) => Err(reason(&error)),
            }
        }
    }

    /// What is wrong, without the value of an entry, which some errors have.
    fn reason(error: &Error) -> String {
        match error {
            Error::BadEncoding(_) | Error::BadDataFormat(..) => "its entry is no text".to_owned(),
            Error::Ambiguous(_) => "it has several entries for the vendor; remove them with its own program".to_owned(),
            other => other.to_string(),
        }
    }

    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    mod tests {
        use keyring_core::mock;

        use super::*;

        #[test]
        fn each_vendor_has_its_own_entry() {
            let keyring = Keyring(mock::Store::new().unwrap());
            let [one, other, ..] = Vendor::ALL else { unreachable!() };
            let found = |vendor: &Vendor| {
                let key = keyring.find(*vendor).unwrap();
                key.map(|key| key.expose_secret().to_owned())
            };
            assert_eq!(found(one), None);
            assert!(!keyring.remove(*one).unwrap());
            for key in ["sk-canary-1", "sk-canary-2"] {
                keyring.save(*one, &key.to_owned().into()).unwrap();
                assert_eq!((found(one).as_deref(), found(other)), (Some(key), None));
            }
            keyring.save(*other, &"sk-canary-3".to_owned().into()).unwrap();
            assert!(keyring.remove(*one).unwrap() && !keyring.remove(*one).unwrap());
            assert_eq!((found(one), found(other).as_deref()), (None, Some("sk-canary-3")));
        }

        #[test]
        fn a_locked_keyring_is_an_error_without_the_key() {
            let store = mock::Store::new().unwrap();
            let keyring = Keyring(store);
            let vendor = Vendor::ALL[0];
            keyring.save(vendor, &"sk-canary-1".to_owned().into()).unwrap();
            let fail = |error: Error| {
                let entry = keyring.entry(vendor).unwrap();
                let credential: &mock::Cred = entry.as_any().downcast_ref().unwrap();
                credential.set_error(error);
            };
            fail(Error::NoStorageAccess("the keyring is locked".into()));
            let error = keyring.find(vendor).err().unwrap();
            assert!(error.contains("the keyring is locked"), "{error}");
            fail(Error::BadEncoding(b"sk-canary-1".to_vec()));
            assert_eq!(keyring.find(vendor).err().unwrap(), "its entry is no text");
            fail(Error::NoStorageAccess("the keyring is locked".into()));
            assert!(keyring.save(vendor, &"sk-canary-2".to_owned().into()).is_err());
            let key = keyring.find(vendor).unwrap().unwrap();
            assert_eq!(key.expose_secret(), "sk-canary-1");
        }
    }
}

/// Nothing uses it: the configuration refuses it.
#[cfg(not(feature = "keyring"))]
mod platform {
    use secrecy::SecretString;
    use videogen::Vendor;

    pub(super) enum Keyring {}

    pub(super) fn open() -> Result<Keyring, String> {
        Err("this program was built without the feature `keyring`".to_owned())
    }

    impl Keyring {
        pub(super) fn find(&self, _: Vendor) -> Result<Option<SecretString>, String> {
            match *self {}
        }

        pub(super) fn save(&self, _: Vendor, _: &SecretString) -> Result<(), String> {
            match *self {}
        }

        pub(super) fn remove(&self, _: Vendor) -> Result<bool, String> {
            match *self {}
        }
    }
}
