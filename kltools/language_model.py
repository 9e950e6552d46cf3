"""A small language model: guesses of a text's next character, and what they cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable

# P(character | the text before it): what every language model here is, in the end.
NextCharacter = Callable[[str, str], float]


def split(text: str, every: int = 5) -> tuple[str, str]:
    r"""Split a text into what a model is trained on and what is held out from it.

    Parameters
    ----------
    text : str
        Paragraphs, one on each line.
    every : int, default 5
        Each paragraph whose number is a multiple of this is held out.

    Returns
    -------
    training, held_out : str

    Examples
    --------
    >>> split("a\nb\nc\nd\ne\n", every=2)
    ('a\nc\ne\n', 'b\nd\n')
    """
    paragraphs = text.splitlines(keepends=True)
    held_out = paragraphs[every - 1 :: every]
    del paragraphs[every - 1 :: every]
    return "".join(paragraphs), "".join(held_out)


def text_surprisal(probability: NextCharacter, text: str, *, base: float = math.e) -> float:
    """Surprisal of a whole text, −Σ log P(character | the text before it).

    Parameters
    ----------
    probability : callable
        The model: takes a character and the text before it.
    text : str
        The text that comes.
    base : float, default e
        Base of the logarithm: the result is in nats, or in bits with ``base=2``.

    Returns
    -------
    float
        For the whole text, however it is cut into units; inf where the model holds a character impossible.

    Examples
    --------
    >>> text_surprisal(lambda character, before: 1 / 4, "abba", base=2)
    8.0
    """
    chances = [probability(character, text[:place]) for place, character in enumerate(text)]
    if 0 in chances:
        return math.inf
    return -math.fsum(map(math.log, chances)) / math.log(base)


class NgramModel:
    """The next character, given the `order` − 1 characters before it: counts with add-alpha smoothing.

    Each character of the alphabet is counted `alpha` times more than it was seen after its context, so
    that none is held impossible. A text begins as a line does: after line breaks.

    Parameters
    ----------
    text : str
        What is counted.
    order : int
        How many characters are looked at together: 1 for single ones, 2 for pairs, and so on.
    alphabet : iterable of str
        The characters that may come.
    alpha : float, default 1
        What is added to each count; above 0.

    Raises
    ------
    ValueError
        If `order` is below 1, `alpha` is not above 0, or `text` has a character outside the alphabet.

    Examples
    --------
    >>> model = NgramModel("abab", order=2, alphabet="ab")
    >>> model.probability("b", "a")
    0.75
    >>> model.distribution("a")
    {'a': 0.25, 'b': 0.75}
    """

    def __init__(self, text: str, order: int, alphabet: Iterable[str], alpha: float = 1.0) -> None:
        if order < 1:
            raise ValueError(f"order is {order}; it counts characters, and the least is 1")
        if not alpha > 0:
            raise ValueError(f"alpha is {alpha}; an unseen character needs a count above 0")
        self.order, self.alphabet, self.alpha = order, frozenset(alphabet), alpha
        if strangers := sorted(set(text) - self.alphabet):
            raise ValueError(f"the text has {strangers[0]!r}, which is not in the alphabet")
        self._seen = Counter((self._context(text[:place]), text[place]) for place in range(len(text)))
        self._totals: Counter[str] = Counter()
        for (context, _), count in self._seen.items():
            self._totals[context] += count

    def probability(self, character: str, before: str) -> float:
        """Return the probability of `character` after the text `before`.

        Raises
        ------
        ValueError
            If the character is not in the alphabet.
        """
        if character not in self.alphabet:
            raise ValueError(f"{character!r} is not in the alphabet")
        context = self._context(before)
        seen = self._seen[context, character] + self.alpha
        return seen / (self._totals[context] + self.alpha * len(self.alphabet))

    def distribution(self, before: str) -> dict[str, float]:
        """Return the probability of each character after the text `before`; together they are 1."""
        return {character: self.probability(character, before) for character in sorted(self.alphabet)}

    def _context(self, before: str) -> str:
        """Return the characters that are looked back at."""
        back = self.order - 1
        return ("\n" * back + before[-back:])[-back:] if back else ""
