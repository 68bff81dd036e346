"""zsh_completion.py LOAD LINE ...: what zsh, in a terminal, makes of each LINE when Tab is pressed behind it, a line for
each. LOAD is the command that loads the script."""

import os
import pty
import select
import sys
import time

LIMIT = 30

# What Ctrl-X P prints is the line as it stands; keys are taken one after the other, so that the completion is done.
SETTING = r"""
unsetopt zle_bracketed_paste prompt_sp; setopt no_beep no_list_ambiguous no_auto_menu; PROMPT='> '
autoload -Uz compinit; LOAD
shown() { print -rn -- $'\nLINE''<'"$BUFFER"'>'; BUFFER=; }; zle -N shown; bindkey '^Xp' shown
print REA''DY
"""


def wait(terminal, wanted):
    """What the terminal shows up to this text, which is left out."""
    shown, end = "", time.monotonic() + LIMIT
    while wanted not in shown:
        assert time.monotonic() < end, f"zsh shows no {wanted!r} within {LIMIT} s:\n{shown}"
        if select.select([terminal], [], [], 1)[0]:
            # One byte: what follows is for the next wait.
            shown += os.read(terminal, 1).decode("latin-1")
    return shown[: -len(wanted)]


load, *lines = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb", "COLUMNS": "500"})
os.write(terminal, SETTING.replace("LOAD", load).encode())
wait(terminal, "READY")
for line in lines:
    os.write(terminal, (line + "\t\x18p").encode())
    before = wait(terminal, "LINE<")
    found = wait(terminal, ">")
    assert "zsh:" not in before and "_digits:" not in before, before
    print(found)
os.close(terminal)
os.waitpid(process, 0)
