#!/bin/sh
# Copyright the Ferrule authors
# SPDX-License-Identifier: Apache-2.0
#
# What Maven runs in this module:
#
#   build.sh check
#   build.sh library <classes directory> <testing directory>
#   build.sh test
#   build.sh lint [all]
#
# "check" prints one line if something is missing, and nothing otherwise.
#
# FERRULE_NATIVE_PATH (Maven: -Dferrule.native.path) names a library built elsewhere;
# then cargo is not run at all.
# FERRULE_NATIVE_FEATURES (Maven: -Dferrule.native.features) names more nodes of the engine to
# compile into the library, as "parquet,kafka": see src/docs/nodes/engine-nodes.md.

set -eu
exec 2>&1 # Maven marks what it reads from standard error as warnings
cd "$(dirname "$0")"

light="-p ferrule-abi -p ferrule-bindings -p ferrule-context -p ferrule-layout -p ferrule-otlp"
engine="-p ferrule-pipeline -p ferrule -p ferrule-testing -p ferrule-example-node"

fail() {
	echo "ferrule-native: $1, or use a library built elsewhere: -Dferrule.native.path=<absolute path>"
	exit 1
}

check() {
	if [ -n "${FERRULE_NATIVE_PATH:-}" ]; then
		[ -f "$FERRULE_NATIVE_PATH" ] ||
			fail "ferrule.native.path=$FERRULE_NATIVE_PATH is not a file. Correct it"
		return
	fi
	version=$(cargo --version 2>/dev/null) ||
		fail "cargo was not found. Install Rust 1.95 or newer (rustup, cargo)"
	minor=$(echo "$version" | sed 's/^cargo 1\.\([0-9]*\)\..*/\1/')
	[ "$minor" -ge 95 ] 2>/dev/null ||
		fail "$version is too old. Install Rust 1.95 or newer (rustup update)"
	[ -n "${CC:-}" ] || command -v cc >/dev/null || command -v link.exe >/dev/null ||
		fail "no C compiler was found. Install gcc or clang"
}

# JNA's name of this machine, and the names of its libraries
set_platform() {
	case $(uname -m) in
		x86_64 | amd64) arch=x86-64 ;;
		aarch64 | arm64) arch=aarch64 ;;
		*) arch=$(uname -m) ;;
	esac
	case $(uname -s) in
		Linux) platform=linux-$arch prefix=lib suffix=.so ;;
		Darwin) platform=darwin-$arch prefix=lib suffix=.dylib ;;
		MINGW* | MSYS* | CYGWIN*) platform=win32-$arch prefix='' suffix=.dll ;;
		*) fail "$(uname -s) is not supported" ;;
	esac
}

# Not onto the old file: a running program may have it mapped
put() {
	cmp -s "$1" "$2" || { rm -f "$2" && cp "$1" "$2"; }
}

# The hash spares the loader reading the whole library at each start
pack() {
	put "$1" "$2"
	{ sha256sum "$2" 2>/dev/null || shasum -a 256 "$2"; } | cut -d ' ' -f 1 >"$2.sha256"
}

# 1.98.1 as 98001
number() {
	echo "$1" | sed -n 's/^[^0-9]*1\.\([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | {
		read -r minor patch && echo $((minor * 1000 + patch))
	}
}

# The engine's crates declare a newer Rust than they use, and cargo would refuse to compile them
# with an older one. What they really need shows when they are compiled.
set_toolchain() {
	declared=$(sed -n 's/^engine-rust-version = "\(.*\)"$/\1/p' Cargo.toml)
	version=$("${RUSTC:-rustc}" --version)
	toolchain=
	if [ "$(number "$version")" -lt "$(number "$declared")" ]; then
		echo "ferrule-native: the engine declares Rust $declared; trying $version nevertheless"
		toolchain=--ignore-rust-version
	fi
}

# What cargo needs to know of the features
set_features() {
	options=
	for feature in $(echo "${FERRULE_NATIVE_FEATURES:-}" | tr ',' ' '); do
		options="$options --features ferrule/$feature"
		case $feature in
			transform | partition) options="$options --config query-engine.toml" ;;
		esac
	done
}

library() {
	set_platform
	mkdir -p "$1/$platform" "$2"
	if [ -n "${FERRULE_NATIVE_PATH:-}" ]; then
		pack "$FERRULE_NATIVE_PATH" "$1/$platform/${prefix}ferrule$suffix"
		return
	fi
	set_features
	set_toolchain
	cargo build --release --locked $toolchain -p ferrule -p ferrule-testing $options
	pack "$CARGO_TARGET_DIR/release/${prefix}ferrule$suffix" "$1/$platform/${prefix}ferrule$suffix"
	# One name everywhere, so that the Java tests need not know the platform
	put "$CARGO_TARGET_DIR/release/${prefix}ferrule_testing$suffix" "$2/ferrule_testing.library"
}

# Engine apart, because features that only tests of the light crates need would otherwise reach
# dependencies of the engine and compile it a second time.
tests() {
	set_toolchain
	cargo test --release --locked $light
	cargo test --release --locked $toolchain $engine
	# In a directory of its own, because the flag would have all else compiled again
	RUSTFLAGS='--cfg ferrule_loom' CARGO_TARGET_DIR=$CARGO_TARGET_DIR/loom LOOM_MAX_PREEMPTIONS=3 \
		cargo test --release --locked -p ferrule-context --test loom
}

lint() {
	cargo fmt --all --check
	case "${1:-light}" in
		all)
			set_toolchain
			cargo clippy --release --locked $toolchain --workspace --all-targets -- -D warnings
			;;
		light) cargo clippy --release --locked $light --all-targets -- -D warnings ;;
		*) echo "ferrule-native: ferrule.clippy=$1 is unknown: set it to light or all"; exit 1 ;;
	esac
}

# Outside of target/, or "mvn clean" would throw away an engine that takes minutes to compile
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ferrule/target}
export CARGO_TARGET_DIR

step=$1
shift
case $step in
	check) check ;;
	library) library "$@" ;;
	test | lint)
		if [ -n "${FERRULE_NATIVE_PATH:-}" ]; then
			echo "ferrule-native: $step skipped, because ferrule.native.path is set"
		elif [ "$step" = test ]; then
			tests
		else
			lint "$@"
		fi
		;;
	*) echo "usage: build.sh check | library <classes> <testing> | test | lint [all]"; exit 2 ;;
esac
