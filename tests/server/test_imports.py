"""Imports that import-linter's contracts in pyproject.toml cannot express."""

import ast
import sys
from pathlib import Path

from authcompare.server import bootstrap


def test_the_bootstrap_imports_only_the_standard_library():
    imported = set()
    for node in ast.walk(ast.parse(Path(bootstrap.__file__).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= sys.stdlib_module_names
