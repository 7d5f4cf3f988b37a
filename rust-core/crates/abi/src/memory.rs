// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Copies between Rust and memory that the host names by address.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::{NonNull, with_exposed_provenance, with_exposed_provenance_mut};
use std::sync::Arc;

/// Copies `length` bytes from an address; none if there is no memory for them.
///
/// # Safety
/// `address` must point to at least `length` readable bytes that nobody writes during the
/// call, or `length` must be zero.
#[must_use]
pub unsafe fn copy_in(address: usize, length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if length != 0 {
        bytes.try_reserve_exact(length).ok()?;
        // SAFETY: the caller promises `length` readable bytes at `address`.
        let from = unsafe { std::slice::from_raw_parts(with_exposed_provenance(address), length) };
        bytes.extend_from_slice(from);
    }
    Some(bytes)
}

/// Up to here a failed allocation says that the process is at its end, and so may end it.
const SMALL: usize = 64 << 10;

/// Copies `length` bytes from an address into shared memory; none if there is no memory for them.
///
/// # Safety
/// As for [`copy_in`].
#[must_use]
pub unsafe fn copy_in_shared(address: usize, length: usize) -> Option<Arc<[u8]>> {
    if length == 0 {
        return Some(Arc::default());
    }
    if length > SMALL {
        // Shared memory cannot be asked for in a way that may fail, so its like is asked for first
        Vec::<u8>::new().try_reserve_exact(length + SMALL).ok()?;
    }
    // SAFETY: the caller promises `length` readable bytes at `address`.
    Some(unsafe { std::slice::from_raw_parts(with_exposed_provenance(address), length) }.into())
}

/// Copies `N` bytes from an address.
///
/// # Safety
/// As for [`copy_in`], with `N` bytes.
#[must_use]
pub unsafe fn copy_array<const N: usize>(address: usize) -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: the caller promises `N` readable bytes at `address`; the target is ours.
    unsafe {
        std::ptr::copy_nonoverlapping(with_exposed_provenance(address), bytes.as_mut_ptr(), N)
    };
    bytes
}

/// Copies `bytes` to an address if they fit.
///
/// Returns whether they were copied.
///
/// # Safety
/// `address` must point to at least `capacity` writable bytes that nobody else uses during
/// the call, or `capacity` must be zero.
#[must_use]
pub unsafe fn copy_out(bytes: &[u8], address: usize, capacity: usize) -> bool {
    if bytes.len() > capacity {
        return false;
    }
    // SAFETY: the caller promises `capacity` writable bytes, and `bytes` is not longer.
    unsafe {
        std::ptr::copy_nonoverlapping(
            bytes.as_ptr(),
            with_exposed_provenance_mut(address),
            bytes.len(),
        )
    };
    true
}

/// Buffer of a fixed size that the host fills through its address before it is read here. Held by
/// a plain pointer: a `Box` claims its bytes for itself whenever it moves, which the host's
/// writes would break.
#[derive(Debug)]
pub struct HostBuffer {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory is ours alone but for the host, which writes only between reservation and
// submission; we read only after submission took the buffer out of the handle table, and that
// table's lock orders the two.
unsafe impl Send for HostBuffer {}
// SAFETY: as above; a shared reference gives out the address only.
unsafe impl Sync for HostBuffer {}

impl HostBuffer {
    /// Allocates `length` zeroed bytes; none if there is no memory for them.
    #[must_use]
    pub fn zeroed(length: usize) -> Option<Self> {
        let layout = Layout::array::<u8>(length).ok()?;
        let start = if length == 0 {
            NonNull::dangling()
        } else {
            // SAFETY: the layout is not empty.
            NonNull::new(unsafe { alloc_zeroed(layout) })?
        };
        Some(Self { start, length })
    }

    /// Address of the first byte, for the host to write to.
    #[must_use]
    pub fn address(&self) -> usize {
        self.start.as_ptr().expose_provenance()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether the length is zero.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Ends the host's access and gives the first bytes, at most `length`.
    ///
    /// # Safety
    /// The host must not write to the buffer any more.
    #[must_use]
    pub unsafe fn into_bytes(self, length: usize) -> HostBytes {
        HostBytes {
            length: length.min(self.length),
            buffer: self,
        }
    }
}

impl Drop for HostBuffer {
    fn drop(&mut self) {
        // There was a layout for the allocation, so there is one.
        if self.length != 0
            && let Ok(layout) = Layout::array::<u8>(self.length)
        {
            // SAFETY: allocated with this layout, and nobody else frees it.
            unsafe { dealloc(self.start.as_ptr(), layout) };
        }
    }
}

/// Bytes that the host wrote and does not touch any more.
#[derive(Debug)]
pub struct HostBytes {
    buffer: HostBuffer,
    length: usize,
}

impl AsRef<[u8]> for HostBytes {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: so many bytes are allocated and initialized, and nobody writes to them any more.
        unsafe { std::slice::from_raw_parts(self.buffer.start.as_ptr(), self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_written_by_address_are_read_back() {
        let buffer = HostBuffer::zeroed(4).unwrap();
        // SAFETY: the buffer has four writable bytes.
        assert!(unsafe { copy_out(&[1, 2, 3], buffer.address(), buffer.len()) });
        // SAFETY: nobody writes any more.
        let bytes = unsafe { buffer.into_bytes(9) };
        assert_eq!(bytes.as_ref(), &[1, 2, 3, 0]);
    }

    /// Scenario: the buffer moves, as into a handle table and out again, while the host writes.
    #[test]
    fn buffer_moves_under_the_hosts_hands() {
        let buffer = HostBuffer::zeroed(4).unwrap();
        let address = buffer.address();
        let shared = Arc::new(Some(buffer));
        // SAFETY: the buffer has four writable bytes.
        assert!(unsafe { copy_out(&[1, 2], address, 4) });
        let moved = Arc::try_unwrap(shared).unwrap().unwrap();
        // SAFETY: as before.
        assert!(unsafe { copy_out(&[3], address, 4) });
        // SAFETY: nobody writes any more.
        let bytes = std::thread::spawn(move || unsafe { moved.into_bytes(3) });
        assert_eq!(bytes.join().unwrap().as_ref(), &[3, 2, 0]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "miri ends where memory does")]
    fn memory_that_is_not_there_is_no_abort() {
        const MOST: usize = isize::MAX as usize;
        for length in [MOST, usize::MAX] {
            assert!(HostBuffer::zeroed(length).is_none());
        }
        // SAFETY: nothing is read, because there is no memory to copy it to.
        assert!(unsafe { copy_in(8, MOST) }.is_none());
        // SAFETY: as before.
        assert!(unsafe { copy_in_shared(8, MOST - SMALL) }.is_none());
    }

    #[test]
    fn empty_buffer_has_an_address_and_no_memory() {
        let buffer = HostBuffer::zeroed(0).unwrap();
        assert!(buffer.is_empty() && buffer.address() != 0);
        // SAFETY: nobody writes.
        assert!(unsafe { buffer.into_bytes(1) }.as_ref().is_empty());
    }

    #[test]
    fn nothing_is_written_when_it_does_not_fit() {
        let mut target = [9; 2];
        // SAFETY: the target has two writable bytes.
        assert!(!unsafe { copy_out(&[1, 2, 3], target.as_mut_ptr().expose_provenance(), 2) });
        assert_eq!(target, [9; 2]);
    }

    #[test]
    fn empty_copies_touch_no_address() {
        // SAFETY: the length is zero.
        assert!(unsafe { copy_in(0, 0) }.unwrap().is_empty());
        // SAFETY: the length is zero.
        assert!(unsafe { copy_in_shared(0, 0) }.unwrap().is_empty());
    }
}
