// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The call id in the headers of a message.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use super::names::CALL_ID_HEADER;
use crate::engine_api::OtapPdata;

/// Stands behind each call id, so that a client of the engine's own receivers, whose headers may
/// get in, cannot speak for a call.
static CALL_ID_SECRET: LazyLock<[u8; 8]> =
    LazyLock::new(|| RandomState::new().build_hasher().finish().to_le_bytes());

/// The call that a message belongs to, if it came through the host receiver.
#[must_use]
pub fn call_id_of(data: &OtapPdata) -> Option<u64> {
    let mut headers = data.transport_headers()?.find_by_name(CALL_ID_HEADER);
    headers.find_map(|header| {
        let (id, secret) = header.value.bytes.split_at_checked(8)?;
        (secret == *CALL_ID_SECRET).then_some(())?;
        id.try_into().ok().map(u64::from_le_bytes)
    })
}

/// The value of [`CALL_ID_HEADER`] for a call.
pub(crate) fn call_id_value(call_id: u64) -> [u8; 16] {
    let mut value = [0; 16];
    value[..8].copy_from_slice(&call_id.to_le_bytes());
    value[8..].copy_from_slice(&*CALL_ID_SECRET);
    value
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::engine_api::{ContextEntryName, OtlpProtoBytes, TransportHeader, TransportHeaders};

    #[test]
    fn only_ids_that_we_gave_are_taken() {
        let data = |values: &[&[u8]]| {
            let mut headers = TransportHeaders::new();
            for value in values {
                let name = ContextEntryName::try_from(CALL_ID_HEADER).unwrap();
                headers.push(TransportHeader::binary(name, *value));
            }
            let payload = OtlpProtoBytes::ExportLogsRequest(Default::default());
            OtapPdata::new_todo_context(payload.into()).with_transport_headers(headers)
        };
        let ours = call_id_value(7);
        assert_eq!(call_id_of(&data(&[&ours])), Some(7));
        let mut forged = ours;
        forged[15] ^= 1;
        for value in [&forged[..], &ours[..8], &7_u64.to_le_bytes(), &[], &[0; 24]] {
            assert_eq!(call_id_of(&data(&[value])), None, "{value:?}");
            assert_eq!(call_id_of(&data(&[value, &ours])), Some(7), "{value:?}");
        }
    }
}
