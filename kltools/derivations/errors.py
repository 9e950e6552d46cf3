"""What can be wrong with a derivation, one class for each way."""


class DerivationError(Exception):
    """A derivation that was refused; the message names the step and what is wrong with it."""


class FalseStepError(DerivationError):
    """A step that is false: the message holds numbers that contradict it."""


class UnprovedStepError(DerivationError):
    """A step that could not be proved: the message holds what is left over."""


class UndefinedExpressionError(DerivationError):
    """An expression with a logarithm or a division that is not known to make sense."""


class UndeclaredSymbolError(DerivationError):
    """A step with a symbol that neither the start nor a given mentions."""


class DirectionError(DerivationError):
    """A step whose relation goes against the direction of the chain."""


class GivenError(DerivationError):
    """A given that cannot be used, or that contradicts another."""


class UnreadableLineError(DerivationError):
    """A line of text that is no line of a derivation."""
