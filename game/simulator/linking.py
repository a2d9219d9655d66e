# ruff: noqa: SLF001  (see below: not among the public names)
# mypy: disable-error-code="no-untyped-call"
"""How compiled functions are put together: optimised and made into machine code once, with all that they call.

numba does both for each function by itself, with everything that it calls, and again for each of its callers. With
functions that call one another ten deep this takes ten times as long. Here a function that only compiled code calls
stays a part, unoptimised, until a function that Python calls takes it in.

This overrides methods of numba's own code libraries (numba.core.codegen), which are not among its public names; the
version of numba is pinned, and tests/game/simulator/test_compiling.py tells whether all of it still works.
"""

from __future__ import annotations

import ctypes
from typing import Any

from llvmlite.binding import Linkage, parse_assembly  # type: ignore[import-untyped]
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _PartLibrary(JITCodeLibrary):
    """The code of a function that only compiled code calls."""

    def finalize(self) -> None:
        """Leave the code as it is: it is optimised where it is taken in.

        Only the variable gets a place for which numba asks next: the one that holds a function's environment.
        """
        self._raise_if_finalized()
        names = [variable.name for variable in self._final_module.global_variables if "NumbaEnv" in variable.name]
        self._codegen._add_module(parse_assembly("\n".join(f'@"{name}" = common global ptr null' for name in names)))
        self._codegen._engine.finalize_object()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """What Python runs when it calls the function: there is no machine code, so it is told that it cannot.

        Python's own `PyObject_Call` takes the same arguments, and raises TypeError for the object that it gets first.
        """
        del name
        self._ensure_finalized()
        return ctypes.cast(ctypes.pythonapi.PyObject_Call, ctypes.c_void_p).value or 0


class _WholeLibrary(JITCodeLibrary):
    """The code of a function that Python calls, and of all parts that it needs."""

    def finalize(self) -> None:
        """Take in the parts that it calls, and those that they call, and make machine code of all.

        Callers come before what they call: LLVM takes in only functions that are called by what is there already.
        """
        callers_first: list[JITCodeLibrary] = []
        _visit(self, callers_first)
        self._linking_libraries = callers_first[1:]
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Optimise, after the parts became functions of this library alone: LLVM leaves out arguments of these that are
        not used. An array has seven or more numbers, of which mostly two are used, and each call passes some forty
        arrays.
        """
        for function in self._final_module.functions:
            if function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"
        passes, builder = self._codegen._module_pass_manager(opt=0)
        passes.add_dead_arg_elimination_pass()
        passes.run(self._final_module, builder)
        super()._optimize_final_module()


def _visit(library: JITCodeLibrary, callers_first: list[JITCodeLibrary]) -> None:
    """Put the parts that a library calls at the front of the list, and then the library itself."""
    for called in library._linking_libraries:
        if called not in callers_first:
            _visit(called, callers_first)
    callers_first.insert(0, library)


class PartCompiler(Compiler):
    """Compiles functions that only compiled code calls."""

    def define_pipelines(self) -> Any:
        """As numba does it, into a part."""
        self.state.library = _PartLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


class WholeCompiler(Compiler):
    """Compiles functions that Python calls."""

    def define_pipelines(self) -> Any:
        """As numba does it, with all parts taken in; the machine code can be kept in a file."""
        self.state.library = _WholeLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        self.state.library.enable_object_caching()
        return super().define_pipelines()
