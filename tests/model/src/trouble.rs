//! What can go wrong with a call of the secret store.

use quickaccess::store::StoreError;

/// How a call of the store goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Trouble {
    /// As it should.
    None,
    /// It is locked: nothing can be read or written.
    Locked,
    /// It can be neither read nor written.
    Unavailable,
    /// It reads but does not write.
    ReadOnly,
    /// It writes, and then reads back something else, or takes too long to tell.
    Lies,
    /// The first write of the call is done, and the second refused.
    SecondRefused,
    /// The first write of the call is done, and the second lies.
    SecondLies,
}

impl Trouble {
    /// Writes.
    pub(crate) fn write(&mut self, write: impl FnOnce()) -> Result<(), StoreError> {
        match self {
            Self::None => {
                write();
                return Ok(());
            }
            Self::Locked => return Err(StoreError::Locked),
            Self::Unavailable | Self::ReadOnly => {}
            Self::Lies => write(),
            Self::SecondRefused | Self::SecondLies => {
                *self = match self {
                    Self::SecondRefused => Self::ReadOnly,
                    _ => Self::Lies,
                };
                write();
                return Ok(());
            }
        }
        Err(StoreError::Unavailable)
    }

    pub(crate) fn read(self) -> Result<(), StoreError> {
        match self {
            Self::Locked => Err(StoreError::Locked),
            Self::Unavailable => Err(StoreError::Unavailable),
            _ => Ok(()),
        }
    }

    pub(crate) fn lets_delete(self) -> bool {
        matches!(self, Self::None | Self::Lies)
    }
}
