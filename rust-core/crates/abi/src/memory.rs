// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Copies between Rust and memory that the host names by address.

#![allow(unsafe_code)]

use std::sync::Arc;

/// Copies `length` bytes from an address.
///
/// # Safety
/// `address` must point to at least `length` readable bytes that nobody writes during the
/// call, or `length` must be zero.
#[must_use]
pub unsafe fn copy_in(address: usize, length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: the caller promises `length` readable bytes at `address`.
    unsafe { std::slice::from_raw_parts(address as *const u8, length) }.to_vec()
}

/// Copies `length` bytes from an address into shared memory.
///
/// # Safety
/// As for [`copy_in`].
#[must_use]
pub unsafe fn copy_in_shared(address: usize, length: usize) -> Arc<[u8]> {
    if length == 0 {
        return Arc::default();
    }
    // SAFETY: the caller promises `length` readable bytes at `address`.
    unsafe { std::slice::from_raw_parts(address as *const u8, length) }.into()
}

/// Copies `N` bytes from an address.
///
/// # Safety
/// As for [`copy_in`], with `N` bytes.
#[must_use]
pub unsafe fn copy_array<const N: usize>(address: usize) -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: the caller promises `N` readable bytes at `address`; the target is ours.
    unsafe { std::ptr::copy_nonoverlapping(address as *const u8, bytes.as_mut_ptr(), N) };
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
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
    true
}

/// Buffer of a fixed size that the host fills through its address before it is read here.
#[derive(Debug)]
pub struct HostBuffer {
    bytes: Box<[std::cell::UnsafeCell<u8>]>,
}

// SAFETY: the host writes only between reservation and submission, and we read only after
// submission took the buffer out of the handle table; both are ordered by that table's lock.
unsafe impl Send for HostBuffer {}
// SAFETY: as above; a shared reference gives out the address only.
unsafe impl Sync for HostBuffer {}

impl HostBuffer {
    /// Allocates `length` zeroed bytes.
    #[must_use]
    pub fn zeroed(length: usize) -> Self {
        let bytes = vec![0_u8; length].into_boxed_slice();
        // SAFETY: UnsafeCell<u8> has the layout of u8, and ownership of the allocation passes on.
        let bytes =
            unsafe { Box::from_raw(Box::into_raw(bytes) as *mut [std::cell::UnsafeCell<u8>]) };
        Self { bytes }
    }

    /// Address of the first byte, for the host to write to.
    #[must_use]
    pub fn address(&self) -> usize {
        self.bytes.as_ptr() as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the length is zero.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Ends the host's access and returns the bytes.
    ///
    /// # Safety
    /// The host must not write to the buffer any more.
    #[must_use]
    pub unsafe fn into_bytes(self) -> Box<[u8]> {
        // SAFETY: UnsafeCell<u8> has the layout of u8, and ownership of the allocation passes on.
        unsafe { Box::from_raw(Box::into_raw(self.bytes) as *mut [u8]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_written_by_address_are_read_back() {
        let buffer = HostBuffer::zeroed(4);
        // SAFETY: the buffer has four writable bytes.
        assert!(unsafe { copy_out(&[1, 2, 3], buffer.address(), buffer.len()) });
        // SAFETY: nobody writes any more.
        let bytes = unsafe { buffer.into_bytes() };
        assert_eq!(&bytes[..], &[1, 2, 3, 0]);
    }

    #[test]
    fn nothing_is_written_when_it_does_not_fit() {
        let mut target = [9; 2];
        // SAFETY: the target has two writable bytes.
        assert!(!unsafe { copy_out(&[1, 2, 3], target.as_mut_ptr() as usize, 2) });
        assert_eq!(target, [9; 2]);
    }

    #[test]
    fn empty_copies_touch_no_address() {
        // SAFETY: the length is zero.
        assert!(unsafe { copy_in(0, 0) }.is_empty());
        // SAFETY: the length is zero.
        assert!(unsafe { copy_in_shared(0, 0) }.is_empty());
    }
}
