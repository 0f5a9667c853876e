# SPDX-License-Identifier: Apache-2.0
"""Builds SMT-LIB terms that read like what they say.  A net of one bit is a Bool, a wider one a bit vector."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Term:
    """An SMT-LIB expression and how many bits it has; the flip-flops of yosys are bit vectors even if they are one."""

    text: str
    width: int = 1
    vector: bool = False

    @property
    def sort(self) -> str:
        """The SMT-LIB sort."""
        return f"(_ BitVec {self.width})" if self.vector or self.width > 1 else "Bool"


def constant(number: int, width: int) -> Term:
    """A number of the given width."""
    return Term(f"#b{number:0{width}b}", width)


def no(term: Term) -> Term:
    """The term is false, or all its bits are 0."""
    return Term(f"(not {term.text})") if term.width == 1 else equal(term, constant(0, term.width))


def both(*terms: Term) -> Term:
    """Every term holds."""
    return Term(f"(and true {' '.join(term.text for term in terms)})")


def either(*terms: Term) -> Term:
    """At least one term holds."""
    return Term(f"(or false {' '.join(term.text for term in terms)})")


def implies(condition: Term, consequence: Term) -> Term:
    """The consequence holds whenever the condition does."""
    return Term(f"(=> {condition.text} {consequence.text})")


def equal(left: Term, right: Term | int) -> Term:
    """Both are the same."""
    if isinstance(right, int):
        right = constant(right, left.width)
    return Term(f"(= {left.text} {right.text})")


def differ(left: Term, right: Term | int) -> Term:
    """They are not the same."""
    return Term(f"(not {equal(left, right).text})")


def at_least(left: Term, right: Term | int) -> Term:
    """left >= right, both unsigned."""
    if isinstance(right, int):
        right = constant(right, left.width)
    return Term(f"(bvuge {left.text} {right.text})")


def choice(condition: Term, yes: Term, otherwise: Term) -> Term:
    """One of two values."""
    return Term(f"(ite {condition.text} {yes.text} {otherwise.text})", yes.width)
