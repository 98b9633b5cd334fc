"""The import contract that a domain is held to: import-linter has none that names what *may* be imported."""

from __future__ import annotations

import sys
from typing import Any

from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class AllowlistContract(Contract):
    """The source packages import directly nothing but the standard library, themselves and the allowed modules.

    ``source_modules`` may hold wildcards (``services.*.domain``); each is taken with all that is below it.
    """

    type_name = "allowlist"

    source_modules: Any = fields.ListField(subfield=fields.ModuleExpressionField())
    allowed_modules: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        broken: list[str] = []
        for expression in self.source_modules:
            for package in module_expressions_to_modules(graph, [expression]):
                own = {package.name, *graph.find_descendants(package.name)}
                broken += [
                    f"{module} -> {imported}"
                    for module in own
                    for imported in graph.find_modules_directly_imported_by(module)
                    if imported not in own and not self._allowed(imported)
                ]
        return ContractCheck(kept=not broken, metadata={"imports": sorted(set(broken))})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["imports"]:
            output.print_error(f"- {line}", bold=False)
        output.new_line()

    def _allowed(self, module: str) -> bool:
        return module.partition(".")[0] in sys.stdlib_module_names or module in self.allowed_modules
