// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Conversion of errors of the system.

use std::io;

use super::{Error, ErrorKind};

const DEADLINE_EXCEEDED: u8 = 4;

/// The system's text may name files and addresses, so the message is what its kind says.
impl From<&io::Error> for Error {
    fn from(error: &io::Error) -> Self {
        use io::ErrorKind as Io;
        let kind = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded | Io::OutOfMemory => ErrorKind::ResourceExhausted,
            Io::WouldBlock
            | Io::Interrupted
            | Io::ResourceBusy
            | Io::ConnectionRefused
            | Io::NotConnected
            | Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::NetworkDown
            | Io::ConnectionReset
            | Io::ConnectionAborted
            | Io::BrokenPipe
            | Io::UnexpectedEof
            | Io::TimedOut => ErrorKind::Retryable,
            _ => ErrorKind::Permanent,
        };
        Self {
            grpc_code: (error.kind() == Io::TimedOut).then_some(DEADLINE_EXCEEDED),
            // The other side was there, and may have got everything
            delivery_unknown: matches!(
                error.kind(),
                Io::ConnectionReset
                    | Io::ConnectionAborted
                    | Io::BrokenPipe
                    | Io::UnexpectedEof
                    | Io::TimedOut
            ),
            origin: "io",
            ..Self::new(kind, error.kind().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_of_the_system_decides_and_its_text_stays_here() {
        for (io, kind, code, unknown) in [
            (
                io::ErrorKind::ConnectionRefused,
                ErrorKind::Retryable,
                14,
                false,
            ),
            (
                io::ErrorKind::ConnectionReset,
                ErrorKind::Retryable,
                14,
                true,
            ),
            (io::ErrorKind::TimedOut, ErrorKind::Retryable, 4, true),
            (
                io::ErrorKind::StorageFull,
                ErrorKind::ResourceExhausted,
                8,
                false,
            ),
            (
                io::ErrorKind::PermissionDenied,
                ErrorKind::Permanent,
                13,
                false,
            ),
            (io::ErrorKind::Other, ErrorKind::Permanent, 13, false),
        ] {
            let error = Error::from(&io::Error::new(io, "/etc/secret at 10.0.0.1"));
            assert_eq!(
                (error.kind, error.effective_grpc_code()),
                (kind, code),
                "{io}"
            );
            assert_eq!(
                (error.delivery_unknown, &*error.message),
                (unknown, &*io.to_string())
            );
        }
    }
}
