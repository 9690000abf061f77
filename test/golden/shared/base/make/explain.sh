# Passes Envoy's log on, with a hint below each error that explanations.txt explains.

# mawk, Debian's awk, would otherwise hold lines back until it has 4 kB of them.
case $(awk -W version 2>/dev/null </dev/null) in mawk*) set -- -W interactive ;; esac

# Ctrl-C ends Envoy, whose last words are still passed on. In other locales gawk complains of bytes that are not UTF-8.
trap '' INT
LC_ALL=C exec awk "$@" -f make/explain.awk
