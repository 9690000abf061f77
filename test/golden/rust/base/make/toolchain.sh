# The tools that Rust needs, for make/tools.sh.

minimum=$(sed -nE 's/^rust-version = "(.*)"/\1/p' Cargo.toml)
get_rust="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
target_version="ls \"\$(rustc --print target-libdir --target $RUST_TARGET)\" >/dev/null && rustc --version"

# Other Rusts than rustup's come from the system's packages.
cargo=$(command -v cargo)
rustup=
if [ -x "${cargo%cargo}rustup" ]; then
  rustup=rustup
  [ "$RUSTUP_AUTO_INSTALL" = 0 ] || by_make='rustup installs it when make needs it'
fi

# The table must not make rustup install anything: an older rustup does not know the first variable, and finds nothing on
# this server.
if [ "$asked" = "  " ]; then
  export RUSTUP_AUTO_INSTALL=0 RUSTUP_DIST_SERVER=file:///nowhere
fi

tool cargo cargo "$minimum" test 'cargo --version' https://rustup.rs ${rustup:+'rustup update stable'} "$get_rust"
tool rustc rustc "$minimum" test 'rustc --version' https://rustup.rs ${rustup:+'rustup update stable'} "$get_rust"
tool "$RUST_TARGET" "the Rust target $RUST_TARGET" '' test "$target_version" https://rustup.rs \
  ${rustup:+"rustup target add $RUST_TARGET"} "dnf install rust-std-static-$RUST_TARGET"
tool cc cc '' test 'cc --version' https://gcc.gnu.org/install/ \
  'xcode-select --install' 'apt-get install gcc' 'dnf install gcc'
tool clippy cargo-clippy '' lint 'cargo clippy --version' https://rustup.rs \
  ${rustup:+'rustup component add clippy'} 'apt-get install rust-clippy' 'dnf install clippy'
tool rustfmt cargo-fmt '' lint 'cargo fmt --version' https://rustup.rs \
  ${rustup:+'rustup component add rustfmt'} 'apt-get install rustfmt' 'dnf install rustfmt'
