# Says that a tool is missing, and fails: sh make/missing.sh TOOL PAGE COMMAND...
# It names the first COMMAND that this system can run to install the tool, else the PAGE that tells how.

tool=$1
way="see $2"
shift 2
for command; do
  if command -v "${command%% *}" >/dev/null; then
    way="install it with: $command"
    break
  fi
done
echo "error: $tool is missing; $way" >&2
exit 1
