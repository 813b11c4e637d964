# SPDX-License-Identifier: Apache-2.0
"""Writes a file whole or not at all."""
import os
import tempfile


class OutputError(Exception):
    """The sentence that names the file."""


def check_place(path, content):
    """Refuse a device, a folder or a link, which a file of that name would replace, and a folder in
    which no file can be made."""
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        raise OutputError(f"{path}: not a regular file, so it cannot hold {content}")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise OutputError(f"{path}: cannot be created: there is no such folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: cannot be created: its folder cannot be written")


def write(path, text):
    """Raises OutputError; an older file of that name then stays as it was."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".tandem-", dir=os.path.dirname(path) or ".")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if temporary:
            os.unlink(temporary)
