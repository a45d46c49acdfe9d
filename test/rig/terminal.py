"""Run a program on a pseudo terminal and answer what it asks.

Standard input is JSON: {"program": [PATH, ARGUMENT…], "answers": [[PATTERN, ANSWER], …]}; each
answer is typed once the pattern is in what the program has printed since the one before. Prints
JSON: {"code": …, "screen": …}.
"""

import json
import os
import pty
import re
import select
import signal
import sys
import time

PATIENCE = 20  # seconds that the next question may take


class Screen:
    """What a program has printed on its terminal."""

    def __init__(self, child: int, terminal: int) -> None:
        self.child = child
        self.terminal = terminal
        self.text = b""

    def more(self, deadline: float) -> bool:
        """Take what comes; False at the end of the program."""
        ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            os.kill(self.child, signal.SIGKILL)
            raise TimeoutError(self.text.decode())
        try:
            chunk = os.read(self.terminal, 65_536)
        except OSError:  # what Linux says once the other side is closed
            return False
        self.text += chunk
        return chunk != b""


def main() -> None:
    task = json.load(sys.stdin)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(task["program"][0], task["program"])  # noqa: S606
    screen = Screen(child, terminal)
    seen = 0
    for pattern, answer in task["answers"]:
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern.encode(), screen.text[seen:]):
            if not screen.more(deadline):
                break
        seen = len(screen.text)
        os.write(terminal, answer.encode())
    deadline = time.monotonic() + PATIENCE
    while screen.more(deadline):
        pass
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"code": code, "screen": screen.text.decode()}))


if __name__ == "__main__":
    main()
