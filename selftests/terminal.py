#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs a program on a terminal of its own, ends it, and says in JSON what it
has left there.

    terminal.py END UNTIL READY COMMAND...

END is a key or a signal (INT, TERM); it comes when the text UNTIL, a regular
expression, is on the screen, or after 60 seconds.  The file READY is there as
soon as a screen is.  The output has

    screen    the last screen, without colours
    colours   whether there were any
    seen      whether UNTIL was on it
    status    how the program ended
    restored  whether the terminal is as it was: mode, cursor and screen
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

HOME, ERASE = b"\033[H", b"\033[J"
ENTER, LEAVE = b"\033[?1049h", b"\033[?1049l"
HIDE, SHOW = b"\033[?25l", b"\033[?25h"
NO_WRAP, WRAP = b"\033[?7l", b"\033[?7h"


def screen(output):
    """The last that is whole: each comes in pieces, and ends by erasing what
    is left of the one before.
    """
    whole = [text for text in output.split(HOME)[1:] if ERASE in text]
    last = whole[-1].split(ERASE)[0] if whole else b""
    return re.sub(r"\033\[[?0-9;]*[A-Za-z]", "", last.decode())


def last_wins(output, one, other):
    return output.rfind(one) < output.rfind(other)


def start(command, slave):
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    os.execvp(command[0], command)


def take(master):
    """What there is to be read within a tenth of a second."""
    if select.select([master], [], [], 0.1)[0]:
        return os.read(master, 65536)
    return b""


def main():
    (end, until, ready), command = sys.argv[1:4], sys.argv[4:]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 30, 120, 0, 0))
    before = termios.tcgetattr(slave)
    pid = start(command, slave)
    limit = time.monotonic() + 60
    output, done = b"", (0, 0)
    while not re.search(until, screen(output)) and time.monotonic() < limit:
        output += take(master)
        if screen(output):
            open(ready, "w").close()
    seen = screen(output)
    if len(end) == 1:
        os.write(master, end.encode())
    else:
        os.kill(pid, getattr(signal, "SIG" + end))
    while done == (0, 0) and time.monotonic() < limit + 5:
        output += take(master)
        done = os.waitpid(pid, os.WNOHANG)
    output += take(master)
    print(json.dumps({
        "screen": seen,
        "colours": bool(re.search(rb"\033\[3[0-7]m", output)),
        "seen": bool(re.search(until, seen)),
        "status": os.waitstatus_to_exitcode(done[1]) if done[0] else None,
        "restored": (termios.tcgetattr(slave) == before and
                     last_wins(output, ENTER, LEAVE) and
                     last_wins(output, HIDE, SHOW) and
                     last_wins(output, NO_WRAP, WRAP)),
    }))


main()
