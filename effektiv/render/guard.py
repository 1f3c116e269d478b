"""The code that reports rest on, put back when a notebook has changed it.

A notebook can rebind what it likes in the modules and classes that are loaded:
``json.dumps = None`` would make every later report of a warm worker fail, and a changed
method would give it other numbers. So the names of what a notebook reaches easily are noted
before it and compared after it: those of the standard library's modules, of this library's,
of each package's own module (``pandas``, not ``pandas.core.frame``), and of the classes in
them. That is 45 000 names in 2 300 namespaces, which take about three milliseconds, because
they are compared as tuples, in C.

Not all that differs is a change. Modules keep caches and flags in names of their own, so
this is put back:

- what stood for code: functions, classes, modules, properties;
- other values under a public name, unless it was None, which is how what is computed when
  first asked for begins;
- everything in this library, with what its dicts, lists and sets hold;
- an added name that hides a builtin, added methods of classes, and what hides an inherited one.

What a module does when it is imported is not told apart from what the notebook does. Where a
package was imported for the first time, what was added stays, for the package would be of no use
the next time without it; where code was changed too, it is put back, and the process should not be
used again.

Not seen are objects changed from within (the code of a function, attributes of instances) and
a package's inner modules. A report that fails because of such a change
is tried in another worker (`effektiv.render.pool`).
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterator
from itertools import chain, compress, count
from types import MappingProxyType, ModuleType
from typing import Any

_OURS = __name__.partition(".")[0]
_GONE = object()
_BUILTINS = sys.modules["builtins"]
_BUILTIN_NAMES = frozenset(vars(_BUILTINS))
_FRONTS = ("matplotlib.pyplot",)
"""Modules below the front of a package that notebooks use as one."""

_CHANGEABLE = 1 << 9
"""Flag of classes made in Python, which are the ones whose names can be bound anew."""

_OTHERS = frozenset(
    {
        "_instance",
        "_backend_mod",
        "draw_if_interactive",
        "last_exc",
        "last_type",
        "last_value",
        "last_traceback",
    }
)
"""Names that are bound anew in every notebook, by the shell, matplotlib's backend and errors."""

_DESCRIPTORS = (ModuleType, property, classmethod, staticmethod)

_Owner = ModuleType | type
_Container = dict[Any, Any] | list[Any] | set[Any]


class Guard:
    """Loaded code as it was at a moment.

    Attributes
    ----------
    packages
        Packages that were imported for the first time between the last `look` and `put_back`,
        those of the standard library left out.
    is_settled
        Whether nobody but notebooks changes anything here.
    """

    def __init__(self) -> None:
        self.is_settled = False
        self.packages: frozenset[str] = frozenset()
        self._modules: dict[str, ModuleType] = {}
        self._owners: dict[int, _Owner] = {}
        self._spaces: list[dict[str, Any]] = []
        self._classes: list[MappingProxyType[str, Any]] = []
        self._values: dict[int, tuple[Any, ...]] = {}
        self._names: dict[int, tuple[str, ...]] = {}
        self._containers: list[_Container] = []
        self._contents: list[_Container] = []

    def look(self, *, only_new: bool = False) -> None:
        """Note how everything is now.

        Parameters
        ----------
        only_new
            Take it that what is known is as it was last time, and note what has come since.
        """
        if self._modules != _loaded():
            self._collect()
        if not only_new:
            for owner in self._changed():
                self._note(owner)
        self._contents = [container.copy() for container in self._containers]

    def put_back(self) -> bool:
        """Make everything as it was; return whether that could be done."""
        loaded, self.packages = _loaded(), frozenset()
        if self._modules != loaded:
            sys.modules.update(self._modules)
            fresh, known = (
                loaded.keys() - self._modules.keys(),
                {name.partition(".")[0] for name in self._modules},
            )
            self.packages = (
                frozenset(name.partition(".")[0] for name in fresh) - known - sys.stdlib_module_names
            )
        done = True
        for owner in self._changed():
            done &= self._restore(owner)
            self._note(owner)
        for container, content in zip(self._containers, self._contents, strict=True):
            _refill(container, content)
        return done

    def _collect(self) -> None:
        """Add the modules that have come, with their classes."""
        self._modules = _loaded()
        modules: list[ModuleType] = [
            owner for owner in self._owners.values() if isinstance(owner, ModuleType)
        ]
        classes: list[type] = [owner for owner in self._owners.values() if isinstance(owner, type)]
        known = set(self._owners)
        for module in self._modules.values():
            if not isinstance(module, ModuleType) or id(module) in known or not _is_front(module):
                continue
            known.add(id(module))
            modules.append(module)
            for value in list(_namespace(module).values()):
                if isinstance(value, type) and value.__flags__ & _CHANGEABLE and id(value) not in known:
                    known.add(id(value))
                    classes.append(value)
        # Classes after modules, since their namespaces are of another kind.
        owners: list[_Owner] = [*modules, *classes]
        before, self._owners = self._owners, {id(owner): owner for owner in owners}
        self._values = {key: self._values.get(key, ()) for key in self._owners}
        self._spaces = [_namespace(module) for module in modules]
        self._classes = [_namespace(owner) for owner in classes]
        for key in self._owners.keys() - before.keys():
            self._note(self._owners[key])
        self._containers = list(_containers(modules))

    def _note(self, owner: _Owner) -> None:
        names = _namespace(owner).copy()
        self._names[id(owner)], self._values[id(owner)] = tuple(names), tuple(names.values())

    def _changed(self) -> list[_Owner]:
        """Return the modules and classes that differ from what was noted."""
        before = list(self._values.values())
        try:
            places = list(compress(count(), map(operator.ne, self._now(), before)))
        except Exception:  # there are values that refuse to be compared
            places = [
                place for place, pair in enumerate(zip(self._now(), before, strict=True)) if not _same(*pair)
            ]
        owners = list(self._owners.values())
        return [owners[place] for place in places]

    def _now(self) -> Iterator[tuple[Any, ...]]:
        """Return each namespace's values; one at a time, or the garbage collector would look at them all."""
        return chain(
            map(tuple, map(dict.values, self._spaces)),
            map(tuple, map(MappingProxyType.values, self._classes)),
        )

    def _restore(self, owner: _Owner) -> bool:
        """Put back what was changed in a namespace; return whether that could be done."""
        before = dict(zip(self._names[id(owner)], self._values[id(owner)], strict=True))
        now = dict(_namespace(owner))
        ours = _module_of(owner).partition(".")[0] == _OURS
        done = True
        for name, old in before.items():
            if now.get(name, _GONE) is not old and _counts(name, old, ours=ours):
                done &= _bind(owner, name, old) and not (self.packages and _is_code(old))
        for name in now.keys() - before.keys():
            if not self.packages and _is_unwanted(owner, name, now[name], ours=ours):
                done &= _bind(owner, name, _GONE)
        return done


def _loaded() -> dict[str, ModuleType]:
    """Return all modules but the one that runs, which is another in each notebook."""
    loaded = sys.modules.copy()
    loaded.pop("__main__", None)
    return loaded


def _namespace(owner: _Owner) -> Any:
    """Return the names of a module or class, whatever it does with those who ask it for them."""
    if isinstance(owner, ModuleType):
        return object.__getattribute__(owner, "__dict__")
    return type.__dict__["__dict__"].__get__(owner)


def _same(one: object, other: object) -> bool:
    """Compare, by identity first; what refuses to be compared otherwise differs."""
    try:
        return bool(one == other)
    except Exception:
        return False


def _is_front(module: ModuleType) -> bool:
    """Say whether a module is one that notebooks reach easily, and reports rest on."""
    name = str(_namespace(module).get("__name__", ""))
    package, _, inner = name.partition(".")
    if module is _BUILTINS:  # the business of `effektiv.render.isolation`
        return False
    if package == _OURS:
        return True
    private = any(part.startswith("_") for part in name.split("."))
    return not private and (not inner or name in _FRONTS or package in sys.stdlib_module_names)


def _module_of(owner: _Owner) -> str:
    return owner.__name__ if isinstance(owner, ModuleType) else str(owner.__module__)


def _is_code(value: object) -> bool:
    return callable(value) or isinstance(value, _DESCRIPTORS) or hasattr(type(value), "__get__")


def _counts(name: str, old: object, *, ours: bool) -> bool:
    """Say whether a name that has another value than before is a change to undo."""
    if old is None or name in _OTHERS:
        return False
    return ours or not name.startswith("_") or _is_code(old)


def _is_unwanted(owner: _Owner, name: str, value: object, *, ours: bool) -> bool:
    """Say whether a name that was not there before is to go."""
    if isinstance(owner, type):
        return _is_code(value) or any(_is_code(_namespace(base).get(name)) for base in owner.__mro__[1:])
    if isinstance(value, ModuleType) or name.startswith("__"):
        return False
    return ours or name in _BUILTIN_NAMES


def _bind(owner: _Owner, name: str, value: object) -> bool:
    """Bind a name, or remove it; return whether that could be done."""
    try:
        if isinstance(owner, ModuleType):
            if value is _GONE:
                _namespace(owner).pop(name, None)
            else:
                _namespace(owner)[name] = value
        elif value is _GONE:
            type.__delattr__(owner, name)
        else:
            type.__setattr__(owner, name, value)
    except Exception:  # a class may refuse
        return False
    return True


def _containers(modules: list[ModuleType]) -> Iterator[_Container]:
    """Yield the dicts, lists and sets that this library's modules hold, and those in them."""
    left = [
        value
        for module in modules
        if _module_of(module).partition(".")[0] == _OURS
        for name, value in list(_namespace(module).items())
        if not name.startswith("__")
    ]
    seen: set[int] = set()
    while left:
        value = left.pop()
        if isinstance(value, dict | list | tuple | set) and id(value) not in seen:
            seen.add(id(value))
            left += value.values() if isinstance(value, dict) else value
            if not isinstance(value, tuple):
                yield value


def _refill(container: _Container, before: _Container) -> None:
    """Make a container as it was; what has been added to a dict stays, for it may be a cache."""
    if _same([container], [before]):
        return
    if isinstance(container, dict):
        container.update(before)
    elif isinstance(container, list):
        container[:] = before
    else:
        container.clear()
        container.update(before)
