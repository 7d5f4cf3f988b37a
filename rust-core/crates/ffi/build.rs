// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The host unloads the library when its class loader goes; threads of ours may still run then.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
