"""Trust the one Git repository that SIBLING_SAFE_DIRECTORY names, and no other.

The launcher names it where the repository's files are not of this process's user: a checkout by
root in a folder of another user's. libgit2 reads no variables, only files of configuration.
"""

import os


def trust() -> None:
    folder = os.environ.pop("SIBLING_SAFE_DIRECTORY", "")
    if not folder:
        return
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    with open(os.path.expanduser("~/.gitconfig"), "a", encoding="utf-8") as file:
        file.write(f'[safe]\n\tdirectory = "{quoted}"\n')
