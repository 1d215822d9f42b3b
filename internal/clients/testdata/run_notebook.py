"""Executes a notebook through nbclient, and says what its cells gave.

usage: run_notebook.py KERNEL NOTEBOOK

Prints one line per code cell: its number and the MIME types it showed. The
first failing cell ends it with nbclient's own report; a cell that is tagged
raises-exception must fail.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

kernel, path = sys.argv[1], Path(sys.argv[2])
book = nbformat.read(path, as_version=4)
nbformat.validate(book)
NotebookClient(
    book,
    kernel_name=kernel,
    timeout=240,
    startup_timeout=120,
    resources={"metadata": {"path": str(path.parent)}},
).execute()
nbformat.validate(book)
for cell in book.cells:
    if cell.cell_type != "code":
        continue
    failed = any(o.output_type == "error" for o in cell.outputs)
    assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.outputs
    kinds = [k for o in cell.outputs for k in o.get("data", [o.output_type])]
    print("cell", cell.execution_count, *kinds)
