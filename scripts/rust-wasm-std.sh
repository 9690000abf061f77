#!/bin/sh
# Installs Debian 12's Rust and builds its standard library for wasm32-wasip1, in about 2 minutes. Run as root.
# For machines where rustup is missing or must not download. Does nothing if the library is there.
#
# Debian packages rustc, cargo, clippy and the library's source with vendored dependencies. The library is built from
# that source and installed into rustc's sysroot. Afterwards, with /usr/bin first on the PATH,
# `cargo build --target wasm32-wasip1 --release` (with LTO), `cargo clippy` and `cargo fmt` work.
# Rebuild older modules: remove their target/wasm32-wasip1.
set -eu
target=wasm32-wasip1
library=/usr/lib/rustlib/$target/lib
if ls "$library"/libstd-*.rlib >/dev/null 2>&1 && [ -x /usr/bin/cargo-clippy ]; then exit 0; fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22 wasi-libc
version=$(/usr/bin/rustc --version | cut -d' ' -f2)
host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p src .cargo
: > src/lib.rs
cat > Cargo.toml <<'TOML'
[package]
name = "std-seed"
version = "0.0.0"
edition = "2024"
[lib]
crate-type = ["rlib"]
TOML
cat > .cargo/config.toml <<TOML
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "/usr/src/rustc-$version/library/vendor"
TOML
# Profiles with `lto = true` cannot link the library without embed-bitcode.
# The other flags keep rustc from looking for a linker and a libc of its own.
PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 \
RUSTFLAGS="-Cembed-bitcode=yes -Clinker=wasm-ld-22 -Clink-self-contained=no -Lnative=/usr/lib/wasm32-wasi" \
  /usr/bin/cargo build -q -Zbuild-std=std,panic_abort --target $target --release

rm -rf "$library"
mkdir -p "$library/self-contained"
rm -f target/$target/release/deps/libstd_seed*
cp target/$target/release/deps/*.rlib "$library/"
cp /usr/lib/wasm32-wasi/crt1-*.o /usr/lib/wasm32-wasi/libc.a "$library/self-contained/"
mkdir -p "/usr/lib/rustlib/$host/bin"
ln -sf /usr/bin/lld-22 "/usr/lib/rustlib/$host/bin/rust-lld"
