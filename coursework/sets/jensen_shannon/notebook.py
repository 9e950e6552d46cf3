# %% [markdown]
# # Jensen–Shannon divergence: a problem set
#
# **40 points, about 120 minutes.** It goes with the chapter *What if I need it symmetric and finite?*
#
# - **Run the cells from top to bottom.** Write your answers in the cells that ask for them, and leave the others as they are. You may add cells of your own.
# - **`check` tells you at once** whether an answer is right on a few examples, or what the mistake looks like. It does not tell the answer, and asking it costs nothing.
# - **What is graded.** The grader calls your functions with other inputs, which are drawn for you alone. So write what holds in general, and it has nothing against you. Each item says what its points are for. The last two items are read by a person.
# - **NumPy and Python's own library are all that the grader has.** A function that imports something else, such as `kltools`, gets no points; the plot may use Matplotlib.
# - Before you hand in, restart the kernel and run all cells. What does not run then does not run for the grader either.
#
# Lists come in as plain Python lists. Where a probability or a count is 0, its own term counts as 0; the other distribution's term for that outcome stays. Where nothing else is said, a list of probabilities sums to 1.

# %%
import numpy as np

# %% [markdown]
# ## 1. What SciPy returned (3 points, 6 minutes)
#
# *You train to undo a root and change a unit, in that order.*
#
# `scipy.spatial.distance.jensenshannon(p, q, base)` returns the **root** of the divergence, and takes the base for the divergence under the root. Write `from_scipy(distance, base)`: given what it returned and the base it was called with, the Jensen–Shannon divergence in **bits**.
#
# - `distance`: a number from 0 on; `base`: a number above 1, with `np.e` for nats.
# - Returns one number.
# - For example, `from_scipy(0.5, 16)` is 1<!-- (1/2, 16, from_scipy(1/2, 16)) -->: a quarter, in units of four bits.
#
# Points: `nats` 2 (bases other than 2), `bits` 1.


# %% item="from_scipy"
def from_scipy(distance, base):
    ### BEGIN SOLUTION
    return float(distance**2 * np.log2(base))
    ### END SOLUTION


# %%
check("from_scipy", from_scipy)

# %% [markdown]
# ## 2. Two bird tables (4 points, 13 minutes)
#
# *You train to compare counts of unequal totals.*
#
# Two bird tables were watched, one of them for longer. Write `jsd_of_counts(n, m)`: the Jensen–Shannon divergence of the two distributions that the counts stand for, in **bits**, both with the weight one half.
#
# - `n`, `m`: two lists of counts of equal length, neither of them all 0.
# - Returns one number from 0 to 1. A species that is missing at one table, or at both, does no harm.
# - For example, `jsd_of_counts([1, 1, 0], [0, 5, 5])` is 0.5.<!-- (1, 1, 0, 0, 5, 5, jsd_of_counts([1, 1, 0], [0, 5, 5])) -->
#
# Points: `value` 3, `zeros` 1.


# %% item="jsd_of_counts"
def jsd_of_counts(n, m):
    ### BEGIN SOLUTION
    p, q = np.array(n) / np.sum(n), np.array(m) / np.sum(m)

    def bits(x):
        x = x[x > 0]
        return -(x * np.log2(x)).sum()

    return float(bits((p + q) / 2) - (bits(p) + bits(q)) / 2)
    ### END SOLUTION


# %%
check("jsd_of_counts", jsd_of_counts)

# %% [markdown]
# ## 3. The two that differ most (4 points, 10 minutes)
#
# *You train to compare many distributions, some of which miss something.*
#
# An agency has one weather distribution for each of several towns, and wants to know which two differ most. Write `most_different(rows)`: the positions, counted from 0, of the two towns with the largest Jensen–Shannon divergence. You may call your `jsd_of_counts`; a mistake in it then costs points here as well.
#
# - `rows`: a list of at least two distributions of equal length. No two pairs are equally far apart.
# - Returns a list of two positions, the smaller one first.
# - For example, `most_different([[0.5, 0.5], [0.25, 0.75], [1, 0]])` is `[1, 2]`.<!-- (1/2, 1/2, 1/4, 3/4, 1, 0, *most_different([[1/2, 1/2], [1/4, 3/4], [1, 0]])) -->
#
# Points: `pair` 3, `zeros` 1 (a town where something never happens).


# %% item="most_different"
def most_different(rows):
    ### BEGIN SOLUTION
    pairs = [[i, j] for j in range(len(rows)) for i in range(j)]
    return max(pairs, key=lambda pair: jsd_of_counts(rows[pair[0]], rows[pair[1]]))
    ### END SOLUTION


# %%
check("most_different", most_different)

# %% [markdown]
# ## 4. Which machine was it? (4 points, 8 minutes)
#
# *You train to play the game behind the divergence, and to score it otherwise.*
#
# A fair coin chooses one of two drinks machines, with the distributions `p` and `q`. You see the drink and guess the machine, as well as can be. The Jensen–Shannon divergence says how many bits the drink tells you; how often are you **right**? Write `right_guess(p, q)`.
#
# - `p`, `q`: two lists of probabilities of equal length.
# - Returns a probability, from ½ to 1. A drink that neither machine gives does no harm.
# - For example, `right_guess([0.5, 0.5], [1, 0])` is 0.75.<!-- (1/2, 1/2, 1, 0, right_guess([1/2, 1/2], [1, 0])) -->
#
# Points: `value` 3, `zeros` 1.


# %% item="right_guess"
def right_guess(p, q):
    ### BEGIN SOLUTION
    return float(np.maximum(p, q).sum() / 2)
    ### END SOLUTION


# %%
check("right_guess", right_guess)

# %% [markdown]
# ## 5. A part of the way (5 points, 12 minutes)
#
# *You train to put a mixture in the right place, and to watch both ends.*
#
# The KL divergence from $P$ to $Q$ may be infinite. Go only a part $a$ of the way from $P$ to $Q$, and it is not. Write `skewed(p, q, a)`: the divergence of $P$ from the mixture $(1 - a)P + aQ$, in **bits**.
#
# - `p`, `q`: two lists of probabilities of equal length; `a`: a number from 0 to 1.
# - Returns one number: 0 at $a = 0$, and at $a = 1$ the whole $D_{\mathrm{KL}}(P \,\|\, Q)$, which is `np.inf` where $Q$ rules out what $P$ does.
# - For example, `skewed([1, 0], [0, 1], 0.5)` is 1.<!-- (1, 0, 0, 1, 1/2, skewed([1, 0], [0, 1], 1/2)) -->
#
# Points: `value` 3, `zeros` 1, `ends` 1 ($a$ = 0 and $a$ = 1).


# %% item="skewed"
def skewed(p, q, a):
    ### BEGIN SOLUTION
    p, q = np.array(p), np.array(q)
    mixed = (1 - a) * p + a * q
    p, mixed = p[p > 0], mixed[p > 0]
    with np.errstate(divide="ignore"):
        return float((p * np.log2(p / mixed)).sum())
    ### END SOLUTION


# %%
check("skewed", skewed)

# %% [markdown]
# ## 6. Counting short cuts (4 points, 14 minutes)
#
# *You train to test an inequality on data, without counting anything twice.*
#
# Measure the way between two distributions by their Jensen–Shannon divergence. From one to another you can also go through a third. Write `detours(rows)`: for how many pairs and third distributions is the way through the third **shorter** than the direct one? A pair counts once, whichever of its two comes first; each third one counts separately, wherever it stands in the list. You may call your `jsd_of_counts`; a mistake in it then costs points here as well.
#
# - `rows`: a list of at least three distributions of equal length.
# - Returns a whole number. A detour that is exactly as long is not shorter.
# - For example, `detours([[1, 0], [0.5, 0.5], [0, 1]])` is 1: from the first to the last through the middle.<!-- (1, 0, 1/2, 1/2, 0, 1, detours([[1, 0], [1/2, 1/2], [0, 1]])) -->
#
# Points: `count` 3, `none` 1 (towns that are alike, and towns that share nothing).


# %% item="detours"
def detours(rows):
    ### BEGIN SOLUTION
    way = np.array([[jsd_of_counts(p, q) for q in rows] for p in rows])
    places = range(len(rows))
    return sum(
        bool(way[i, j] + way[j, k] < way[i, k])
        for k in places
        for i in range(k)
        for j in places
        if j not in (i, k)
    )
    ### END SOLUTION


# %%
check("detours", detours)

# %% [markdown]
# ## 7. A bound without a logarithm (6 points, 24 minutes)
#
# *You train to use $\ln x \le x - 1$ twice, one step at a time.*
#
# A quotient bounds the Jensen–Shannon divergence from above. Two lines are missing, one for each use of $\ln x \le x - 1$:
#
# $$
# \begin{aligned}
# \mathrm{JSD}(P, Q) &= \tfrac12 \sum_i p_i \ln \frac{2 p_i}{p_i + q_i} + \tfrac12 \sum_i q_i \ln \frac{2 q_i}{p_i + q_i} \\
# &\le \; ? \\
# &\le \; ? \\
# &= \tfrac12 \sum_i \frac{(p_i - q_i)^2}{p_i + q_i}
# \end{aligned}
# $$
#
# In the first missing line, use the inequality at $x = 2p_i/(p_i + q_i)$ in the first sum and leave the second sum as it is. In the other line, use it at $x = 2q_i/(p_i + q_i)$ in the second sum as well. You need not multiply out. Write a list of two texts without ≤ and $i$: half of $D_{\mathrm{KL}}(P \,\|\, Q)$ is `"1/2*Sum(p * ln(p / q))"`. A machine proves the whole derivation with your lines, or refuses one; it calls the definition step 1, and your lines steps 2 and 3.
#
# Points: `proof` 6, for both lines together.

# %% item="triangular_lines"
### BEGIN SOLUTION
triangular_lines = [
    "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * ln(2*q / (p + q)))/2",
    "Sum(p * (2*p / (p + q) - 1))/2 + Sum(q * (2*q / (p + q) - 1))/2",
]
### END SOLUTION

# %%
check("triangular_lines", triangular_lines)

# %% [markdown]
# ## 8. Alike near by, and then not, drawn (5 points, 17 minutes)
#
# *You train to see where an approximation ends.*
#
# Two coins show heads with probability $\tfrac12 + t$ and $\tfrac12 - t$. Draw half of their Jeffreys divergence, $J/2$, and four times their Jensen–Shannon divergence, $4 \cdot \mathrm{JSD}$, in **nats**, for $t$ from 0 to ½, in one picture, with Matplotlib. Only one of them has a value at $t = \tfrac12$: draw it there. Mark the $t$ from which on $J/2$ is more than $\tfrac{11}{10}$ of $4 \cdot \mathrm{JSD}$; your program has to find it, and the first such among a thousand $t$ is near enough. In a title or a comment, say what the two have in common near $t = 0$, and what they do not at the other end.
#
# A person reads this. Points: both curves 2, axes and labels 1, the marked place 1, the sentence 1.

# %% item="plot_of_both"
### BEGIN SOLUTION
import matplotlib.pyplot as plt

t = np.linspace(0, 0.5, 1001)
a, b = 0.5 + t, 0.5 - t
half_jeffreys = (a - b)[:-1] * np.log(a[:-1] / b[:-1])
lower = np.where(b > 0, b * np.log(2 * np.where(b > 0, b, 1)), 0)
four_jsd = 4 * (a * np.log(2 * a) + lower)
apart = 1 + np.argmax(half_jeffreys[1:] > 1.1 * four_jsd[1:-1])
plt.plot(t[:-1], half_jeffreys)
plt.plot(t, four_jsd, linestyle="--")
plt.plot(t[apart], half_jeffreys[apart], "o")
plt.annotate(f"10 % apart at t = {t[apart]:.3f}", (t[apart], half_jeffreys[apart]), (0.08, 1.0))
plt.text(0.4, 2.6, "J/2")
plt.text(0.42, 1.5, "4·JSD")
plt.ylim(0, 4)
plt.xlabel("t, how far each coin is from fair")
plt.ylabel("divergence (nats)")
# Near t = 0 both are the parabola 8 t². At the end J/2 is infinite, and 4·JSD is 4 ln 2.
plt.title("One parabola near by; at the other end only 4·JSD has a value, 4 ln 2")
plt.show()
### END SOLUTION

# %% [markdown]
# ## 9. Three jobs, three measures (5 points, 16 minutes)
#
# *You train to choose a measure for a purpose, and to say why.*
#
# 1. A language model is trained on a text, and you report how far it is from the text.
# 2. Forty towns are to be placed on a map so that those with similar weather lie close together. In some of them it never snows.
# 3. A sensor's readings are sorted into ten bins every hour, and an alarm is to ring when the hour differs from last month. Some bins are empty in most hours, and none over the month.
#
# Choose for each job among $D_{\mathrm{KL}}$ in one of its directions, the Jeffreys divergence, the Jensen–Shannon divergence, and its root. Give one reason for your choice and one against another that somebody might propose: what would go wrong? Name a threshold for the alarm, with its unit. Seven to ten sentences.
#
# A person reads this. Points: the first job 1, the second 1, the third 1, the reasons against 1, the threshold with its unit 1.

# %% [markdown] item="which_measure"
# ### BEGIN SOLUTION
# 1. $D_{\mathrm{KL}}(P \,\|\, Q)$ with the text as $P$, or the cross-entropy, which differs from it by a floor that no model changes. The text decides what is paid for, and a model that rules out what the text does should be told that the price is infinite. The Jensen–Shannon divergence would forgive it: ruling out a letter that makes up a hundredth of the text can never cost more than a small part of a bit.
# 2. The root of the Jensen–Shannon divergence. A map needs a distance: symmetric, finite for towns without snow, and with no short cuts. The divergence without the root is no metric, so that the map could not be drawn without contradictions, and KL would be infinite from every town with snow to every town without it.
# 3. The Jensen–Shannon divergence, with a threshold in bits, say a twentieth of a bit, chosen from what ordinary hours show. Empty bins leave it finite, and its scale ends at one bit. The Jeffreys divergence, which is the population stability index, would ring whenever a bin is empty in one hour; replacing the zeros by small numbers only hides that the result is then decided by the small number. KL with the hour first would serve as well, since the month fills every bin.
# ### END SOLUTION
