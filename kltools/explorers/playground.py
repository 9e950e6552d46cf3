"""The explorer in which readers type their own P and Q."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from kltools import (
    cross_entropy,
    entropy,
    jeffreys_divergence,
    js_distance,
    js_divergence,
    kl_divergence,
    perplexity,
    total_variation,
)
from kltools._palette import BLUE, GREY, ORANGE
from kltools.explorers._drawing import once, table
from kltools.explorers._explorer import (
    WIDTH,
    Explorer,
    Prediction,
    Quantity,
    as_written,
    choice,
    computed,
    divergence,
    expected,
    shown,
    surprisal,
    typed,
)

MOST = 6
HEIGHT = 130  # of the bars
NATS, BITS = UNITS = ("nats", "bits")

PRESETS = {
    "Forecaster": {"names": "rain;cloud;sun", "p": "0.2;0.5;0.3", "q": "0.3;0.4;0.3"},
    "Her rival": {"names": "rain;cloud;sun", "p": "0.2;0.5;0.3", "q": "0.25;0.5;0.25"},
    "Loaded die": {"names": "1;2;3;4;5;6", "p": "1;1;1;1;1;5", "q": "1;1;1;1;1;1"},
    "Nearly fair coin": {"names": "heads;tails", "p": "1/2;1/2", "q": "0.501;0.499"},
    "Nothing in common": {"names": "left;middle;right;far right", "p": "1;1;0;0", "q": "0;0;1;3"},
}


def weights(text: str) -> list[float]:
    """Read numbers as the explorer does: apart by semicolons, or else by spaces; 1/4 and 0,25 are numbers.

    Examples
    --------
    >>> from kltools.explorers.playground import weights
    >>> weights("0.25; 1/4; 2")
    [0.25, 0.25, 2.0]
    """

    def number(word: str) -> float:
        above, _, below = word.replace(",", ".").partition("/")
        return float(above) / float(below or 1)

    words = text.split(";") if ";" in text else re.split(r",?\s+", text.strip())
    found = [number(word) for word in words]
    if not 2 <= len(found) <= MOST or not math.isfinite(sum(found)):
        raise ValueError(f"two to {MOST} numbers with a finite total are needed, not {text!r}")
    return found


def measures(p: Sequence[float], q: Sequence[float], unit: str) -> dict[str, float]:
    """Return by kltools every quantity of the explorer, of weights of any total."""
    of_one: dict[str, Any] = {"normalize": True}
    options: dict[str, Any] = {"normalize": True, "base": 2 if unit == BITS else np.e}
    found = {
        "H(P)": entropy(p, **options),
        "H(Q)": entropy(q, **options),
        "perplexity of P": perplexity(p, **of_one),
        "perplexity of Q": perplexity(q, **of_one),
        "H(P, Q)": cross_entropy(p, q, **options),
        "H(Q, P)": cross_entropy(q, p, **options),
        "KL(P‖Q)": kl_divergence(p, q, **options),
        "KL(Q‖P)": kl_divergence(q, p, **options),
        "Jeffreys": jeffreys_divergence(p, q, **options),
        "JSD(P, Q)": js_divergence(p, q, **options),
        "√JSD": js_distance(p, q, **options),
        "total variation": total_variation(p, q, **of_one),
    }
    return {name: float(value) for name, value in found.items()}


def own_pair(
    p: Sequence[float] = (0.2, 0.5, 0.3),
    q: Sequence[float] = (0.3, 0.4, 0.3),
    outcomes: Sequence[str] = ("rain", "cloud", "sun"),
) -> Explorer:
    """Take two distributions that the reader types, and show every quantity of the course.

    Parameters
    ----------
    p, q : sequence of float, length n
        The weights to start with: two to six, not negative, of any total.
    outcomes : sequence of str, length n
        What the outcomes are called, to start with.

    Returns
    -------
    Explorer
        Its controls are `names`, `p` and `q`, which hold a text each, and `unit`.

    Examples
    --------
    >>> from kltools.explorers import own_pair
    >>> explorer = own_pair()
    >>> round(explorer.values(p="2; 5; 3", q="3; 4; 3", reveal=True)["KL(P‖Q)"], 4)
    0.0305
    """
    names = typed("names", "outcome", ";".join(outcomes))
    typed_p = typed("p", "P", ";".join(f"{weight:g}" for weight in p))
    typed_q = typed("q", "Q", ";".join(f"{weight:g}" for weight in q))
    unit = choice("unit", "Unit", UNITS)
    hides = ("H(P, Q)", "H(Q, P)", "KL(Q‖P)", "Jeffreys", "JSD(P, Q)", "√JSD", "total variation")
    prediction = Prediction("KL(P‖Q)", 0, 3, 0.01, 0.5, hides)
    quantities = [
        Quantity("H(P)", measure(each(expected("P", surprisal("P")))), unit),
        Quantity("H(Q)", measure(each(expected("Q", surprisal("Q")))), unit),
        Quantity("perplexity of P", f"fault ? null : exp({each(expected('P', surprisal('P')))})", ""),
        Quantity("perplexity of Q", f"fault ? null : exp({each(expected('Q', surprisal('Q')))})", ""),
        Quantity("H(P, Q)", measure(each(expected("P", surprisal("Q")))), unit),
        Quantity("H(Q, P)", measure(each(expected("Q", surprisal("P")))), unit),
        Quantity("KL(P‖Q)", "kl", unit),
        Quantity("KL(Q‖P)", "reverse_kl", unit),
        Quantity("Jeffreys", "fault ? null : kl + reverse_kl", unit),
        Quantity("JSD(P, Q)", "jsd", unit),
        Quantity("√JSD", "fault ? null : sqrt(jsd)", ""),
        Quantity("total variation", f"fault ? null : ({each('abs(P - Q)')}) / 2", ""),
    ]
    mixture = [f"(p_shares[{place}] + q_shares[{place}]) / 2" for place in range(MOST)]
    both = each(f"{divergence('P', 'M')} + {divergence('Q', 'M')}")
    parameters = [
        *reading(),
        computed("per", f"unit == '{BITS}' ? LN2 : 1"),
        computed("kl", measure(each(divergence("P", "Q")))),
        computed("reverse_kl", measure(each(divergence("Q", "P")))),
        computed("m_shares", f"[{', '.join(mixture)}]"),
        computed("jsd", measure(f"({both}) / 2")),
        computed("message", message()),
    ]
    listed = shown(quantities, prediction).properties(title=alt.Title(alt.ExprRef("message")))
    drawn = [shares(), terms("p", "q", "kl", BLUE), terms("q", "p", "reverse_kl", ORANGE)]
    # The height of the whole must not depend on what is drawn, and so the space between counts from frames.
    chart = alt.vconcat(*drawn, listed, bounds="flush", spacing=48).add_params(
        names, typed_p, typed_q, unit, *prediction.parameters, *parameters
    )

    def values(names: str, p: str, q: str, unit: str) -> Mapping[str, float | None]:
        try:
            return measures(weights(p), weights(q), unit)
        except (ValueError, ZeroDivisionError):
            return dict.fromkeys(quantity.name for quantity in quantities)

    return Explorer(
        "own_pair",
        chart,
        "Paired bars of P and Q for each outcome, each divided by its total, and room for the terms of "
        f"KL(P‖Q) and of KL(Q‖P) once a guess is made. {shares_in_words(p, q, outcomes)}",
        values,
        PRESETS.values(),
        prediction,
        {
            "columns": ["names", "p", "q"],
            "presets": [{"label": label, "settings": preset} for label, preset in PRESETS.items()],
            "most": MOST,
            "message": True,
        },
    )


def shares_in_words(p: Sequence[float], q: Sequence[float], outcomes: Sequence[str]) -> str:
    """Say what the bars show as they start."""
    pairs = zip(outcomes, np.divide(p, np.sum(p)), np.divide(q, np.sum(q)), strict=True)
    return "; ".join(f"{name}: P {a:.3g}, Q {b:.3g}" for name, a, b in pairs) + "."


def each(expression: str) -> str:
    """Return the sum of an expression over the outcomes, in which P, Q and M stand for its probabilities."""
    return " + ".join(f"({of(place, expression)})" for place in range(MOST))


def of(place: int, expression: str) -> str:
    """Put the probabilities of one outcome in the place of P, Q and M."""
    return re.sub(r"\b[PQM]\b", lambda name: f"{name[0].lower()}_shares[{place}]", expression)


def measure(nats: str) -> str:
    """Return an amount in the unit that is chosen; null where the input is at fault."""
    return f"fault ? null : ({nats}) / per"


def reading() -> list[alt.Parameter]:
    """Return the parameters that read what is typed: words, labels, numbers, shares, and what is wrong."""
    parameters = [computed(f"{name}_words", words(name)) for name in ("names", "p", "q")]
    parameters.append(computed("outcomes", "max(length(p_words), length(q_words))"))
    label = [f"trim(names_words[{place}] || '') || '{place + 1}'" for place in range(MOST)]
    parameters.append(computed("labels", f"[{', '.join(label)}]"))
    for name in ("p", "q"):
        numbers = [number(f"{name}_words[{place}]") for place in range(MOST)]
        total = " + ".join(f"{name}_numbers[{place}]" for place in range(MOST))
        parameters += [
            computed(f"{name}_numbers", f"[{', '.join(numbers)}]"),
            computed(f"{name}_total", total),
        ]
    parameters.append(computed("fault", fault()))
    for name in ("p", "q"):
        parts = [f"{name}_numbers[{place}] / {name}_total" for place in range(MOST)]
        parameters.append(computed(f"{name}_shares", f"[{', '.join(parts)}]"))
    return parameters


def words(name: str) -> str:
    """Return the expression that cuts a text at its semicolons, or else at its spaces."""
    return f"indexof({name}, ';') >= 0 ? split({name}, ';') : split(trim({name}), regexp(',?\\\\s+'))"


def number(word: str) -> str:
    """Return the expression that reads a number or a fraction: NaN where there is none, 0 beyond the last."""
    plain = f"replace(trim({word}), ',', '.')"
    fraction = f"toNumber(split({plain}, '/')[0]) / toNumber(split({plain}, '/')[1])"
    return (
        f"!isValid({word}) ? 0 : trim({word}) == '' ? NaN : "
        f"indexof({word}, '/') > 0 ? {fraction} : toNumber({plain})"
    )


def fault() -> str:
    """Return the expression that says what is wrong with the input, and what to do; '' if nothing is."""
    cases = [
        (
            f"outcomes < 2 || outcomes > {MOST}",
            "'Two to six outcomes are needed, and there are ' + outcomes + '.'",
        ),
        (
            "length(p_words) != length(q_words)",
            "'P has ' + length(p_words) + ' numbers and Q has ' + length(q_words) + "
            "': give each outcome one of both.'",
        ),
    ]
    for who, name in (("P", "p"), ("Q", "q")):
        for place in range(MOST):
            word, value, label = f"{name}_words[{place}]", f"{name}_numbers[{place}]", f"labels[{place}]"
            begun = f"isValid({word}) &&"
            cases += [
                (
                    f"{begun} trim({word}) == ''",
                    f"'{who} has no number for ' + {label} + ': type one; 0 is allowed.'",
                ),
                (
                    f"{begun} !isFinite({value})",
                    f"'“' + {word} + '”, which {who} gives ' + {label} + ', is not a number: "
                    "type one such as 2, 0.25 or 1/4.'",
                ),
                (
                    f"{begun} {value} < 0",
                    f"'{who} gives ' + {label} + ' a negative number: probabilities are 0 or more.'",
                ),
            ]
    for who, name in (("P", "p"), ("Q", "q")):
        cases += [
            (
                f"{name}_total == 0",
                f"'{who} has only zeros: give one outcome at least a number above 0.'",
            ),
            (f"!isFinite({name}_total)", f"'The numbers of {who} are too large to add: divide them all.'"),
        ]
    return " : ".join(f"{wrong} ? {words}" for wrong, words in cases) + " : ''"


def message() -> str:
    """Return the expression that says what is wrong, or else which outcomes make a divergence infinite."""
    causes = []
    for mine, yours, name, kl in (("P", "Q", "kl", "KL(P‖Q)"), ("Q", "P", "reverse_kl", "KL(Q‖P)")):
        a, b = f"{mine.lower()}_shares", f"{yours.lower()}_shares"
        found = " + ".join(
            f"({a}[{place}] > 0 && {b}[{place}] == 0 ? ', ' + labels[{place}] : '')" for place in range(MOST)
        )
        causes.append(
            f"({name} > 0 && !isFinite({name}) ? '{kl} is ∞: {yours} gives 0 to ' + slice({found}, 2) + "
            f"', which {mine} lets happen. ' : '')"
        )
    return f"fault ? fault : reveal ? trim({' + '.join(causes)}) : ''"


def shares() -> alt.LayerChart:
    """Draw P and Q side by side; each bar says whose it is and how high."""
    outcomes = (
        table(*({"place": place, "who": who} for place in range(MOST) for who in "PQ"))
        .transform_filter("datum.place < outcomes && !fault")
        .transform_calculate(
            share="(datum.who == 'P' ? p_shares : q_shares)[datum.place]",
            label="format(datum.share, outcomes > 4 ? '.2~f' : '.3~f')",
            name="datum.who == 'P' ? labels[datum.place] : ''",
        )
        .encode(x=alt.X("place:O", axis=None, scale=alt.Scale(paddingInner=0.15, paddingOuter=0.05)))
    )
    sides = outcomes.encode(
        xOffset=alt.XOffset("who:N", scale=alt.Scale(paddingInner=0.1)),
        color=alt.Color("who:N", scale=alt.Scale(domain=["P", "Q"], range=[BLUE, ORANGE]), legend=None),
    )
    height = alt.Y("share:Q", axis=None, scale=alt.Scale(range=[HEIGHT, 18], nice=False))
    bars = sides.mark_bar().encode(y=height)
    heights = sides.mark_text(dy=-7, fontSize=11).encode(y=height, text="label:N")
    whose = sides.mark_text(dy=9, fontSize=11, fontWeight="bold").encode(y=alt.value(HEIGHT), text="who:N")
    names = outcomes.mark_text(dy=25, limit=WIDTH / 4).encode(y=alt.value(HEIGHT), text="name:N")
    return alt.LayerChart(layer=[bars, heights, whose, names]).properties(
        width=WIDTH, height=HEIGHT + 24, title="P and Q, each divided by its total"
    )


def terms(mine: str, yours: str, name: str, colour: str) -> alt.LayerChart:
    """Draw what each outcome adds to a divergence, above and below zero; an infinite term fills its place."""
    kl = f"KL({mine.upper()}‖{yours.upper()})"
    p, q = f"{mine}_shares[datum.place]", f"{yours}_shares[datum.place]"
    base = (
        table(*({"place": place} for place in range(MOST)))
        .transform_filter("datum.place < max(outcomes, 2)")  # one at least, or the scale would have no domain
        .transform_calculate(
            term=f"reveal && !fault ? {expected(p, f'log({p} / {q})')} / per : 0",
            finite="isFinite(datum.term) ? datum.term : 0",
            label="!reveal || fault ? '' : "
            "isFinite(datum.term) ? format(datum.term, outcomes > 4 ? '+.2f' : '+.4f') : '+∞'",
        )
        .transform_joinaggregate(top="max(finite)")
        .transform_calculate(height="isFinite(datum.term) ? datum.term : max(1, datum.top)")
        .encode(x=alt.X("place:O", axis=None, scale=alt.Scale(paddingInner=0.35, paddingOuter=0.15)))
    )
    height = alt.Y("height:Q", axis=None, scale=alt.Scale(padding=16))
    bars = base.mark_bar(color=colour).encode(y=height)
    zero = base.mark_rule().encode(y=alt.YDatum(0, axis=None), x=alt.value(0), x2=alt.value(WIDTH))
    labels = [
        base.transform_filter(f"datum.height {side} 0")
        .mark_text(dy=shift, fontSize=11, color=colour)
        .encode(y=height, text="label:N")
        for side, shift in ((">=", -8), ("<", 8))
    ]
    waiting = (
        once(text="reveal ? '' : 'shown with the answer'")
        .mark_text(align="left", color=GREY, x=0, y=20)
        .encode(text="text:N")
    )
    term = f"'{mine}·' + (unit == '{BITS}' ? 'log₂' : 'ln') + '({mine}/{yours})'"
    together = f"reveal && !fault ? ', together {kl} = ' + ({as_written(name)}) + ' ' + unit : ''"
    return alt.LayerChart(layer=[bars, zero, *labels, waiting]).properties(
        width=WIDTH, height=90, title=alt.Title(alt.ExprRef(f"{term} + ({together})"))
    )
