"""Runs a command on a terminal of its own, and types at it.

Takes JSON of the number of columns and of [awaited text, keys] pairs, and the command; each keys are typed once the
text has appeared below what was typed before, and `null` closes the terminal. Prints JSON of the exit status (minus
the signal) and of all that was on the screen.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

(columns, steps), command = json.loads(sys.argv[1]), sys.argv[2:]
deadline = time.monotonic() + 20

pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30 if columns else 0, columns, 0, 0))
    os.execvp(command[0], command)


def read():
    """Gives what has appeared since, and nothing once the command has ended."""
    if terminal is None:
        return b""
    if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        os.kill(pid, 9)
        sys.exit("nothing more has appeared; the screen was:\n" + screen.decode())
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux ends a terminal so.
        return b""


screen, seen = b"", 0
for awaited, keys in steps:
    while awaited.encode() not in screen[seen:]:
        more = read()
        if not more:
            sys.exit("ended before " + awaited + " appeared; the screen was:\n" + screen.decode())
        screen += more
    seen = len(screen)
    if keys is None:
        os.close(terminal)
        terminal = None
    else:
        os.write(terminal, keys.encode())
while more := read():
    screen += more

status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"status": status, "screen": screen.decode()}))
