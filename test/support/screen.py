"""Prints JSON of what a terminal shows: its lines before each change of a prompt, and at the end.

Takes the terminal's number of columns, and what was written to it on stdin. It knows only what the prompts use, and
fails for anything else.
"""
import json
import re
import sys
import unicodedata

TOKEN = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|(.)", re.DOTALL)


class Screen:
    """The lines of a terminal that is high enough never to scroll."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column = columns, [[]], 0, 0

    def feed(self, text):
        for argument, command, character in TOKEN.findall(text):
            if command:
                self.control(command, argument)
            elif character == "\r":
                self.column = 0
            elif character == "\n":
                self.down(1)
            elif character < " ":
                raise ValueError(f"unexpected control character {character!r}")
            else:
                self.put(character)

    def control(self, command, argument):
        count = int(argument) if argument.isdigit() else 1
        line = self.lines[self.row]
        if command == "A":
            self.row = max(0, self.row - count)
        elif command == "B":
            self.down(count)
        elif command == "D":
            self.column = max(0, self.column - count)
        elif command == "G":
            self.column = count - 1
        elif command == "J" and argument == "":
            del line[self.column :], self.lines[self.row + 1 :]
        elif command == "K" and argument == "2":
            line.clear()
        elif not (command == "m" or argument == "?25"):
            raise ValueError(f"unexpected control sequence {argument}{command}")

    def down(self, count):
        self.row += count
        while len(self.lines) <= self.row:
            self.lines.append([])

    def put(self, character):
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.column + width > self.columns:
            self.column = 0
            self.down(1)
        line = self.lines[self.row]
        line += [" "] * (self.column + width - len(line))
        # The second cell of a wide character is empty.
        line[self.column : self.column + width] = [character] + [""] * (width - 1)
        self.column += width

    def text(self):
        return ["".join(line).rstrip() for line in self.lines]


screen, states = Screen(int(sys.argv[1])), []
# Prompts begin a change by moving to the left edge.
for part in sys.stdin.buffer.read().decode().split("\x1b[999D"):
    screen.feed("\r" + part if states else part)
    states.append(screen.text())
print(json.dumps(states))
