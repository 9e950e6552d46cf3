# %% [markdown]
# # KL divergence: a problem set
#
# **40 points, about 120 minutes.** It goes with the chapter *How much of that cost is your fault?*
#
# - **Run the cells from top to bottom.** Write your answers in the cells that ask for them, and leave the others as they are. You may add cells of your own.
# - **`check` tells you at once** whether an answer is right on a few examples, or what the mistake looks like. It does not tell the answer, and asking it costs nothing.
# - **What is graded.** The grader calls your functions with other inputs, which are drawn for you alone, and proves your line of item 7. So write what holds in general, and it has nothing against you. Each item says what its points are for. The last two items are read by a person.
# - **NumPy and Python's own library are all that the grader has.** A function that imports something else, such as `kltools`, gets no points; the plot may use Matplotlib.
# - Before you hand in, restart the kernel and run all cells. What does not run then does not run for the grader either.
#
# Lists come in as plain Python lists. Where a probability or a count is 0, an outcome did not happen and adds nothing, unless an item says otherwise. Where nothing else is said, a list of probabilities sums to 1.

# %%
import numpy as np

# %% [markdown]
# ## 1. Which outcome makes the difference? (5 points, 12 minutes)
#
# *You train to take a divergence apart, zeros and signs included.*
#
# A keyboard was trained on letters and is used for messages. Which of the keys make the two differ? Write `contributions(p, q)`: the list of the terms $p_i \ln (p_i/q_i)$ whose sum is $D_{\mathrm{KL}}(P \,\|\, Q)$, in **nats**.
#
# - `p`, `q`: two lists of probabilities of equal length.
# - Returns a list of as many numbers. A term with $p_i = 0$ is 0, whatever $q_i$; one with $q_i = 0 < p_i$ is `np.inf`.
# - For example, `contributions([0.5, 0.5, 0], [0.25, 0.75, 0])` is `[0.3466, -0.2027, 0.0]`, to four decimals.<!-- (1/2, 1/2, 0, 1/4, 3/4, 0, *contributions([1/2, 1/2, 0], [1/4, 3/4, 0])) -->
#
# Points: `value` 3, `zeros` 2.


# %% item="contributions"
def contributions(p, q):
    ### BEGIN SOLUTION
    def term(a, b):
        if a == 0:
            return 0.0
        return float(a * np.log(a / b)) if b > 0 else np.inf

    return [term(a, b) for a, b in zip(p, q)]
    ### END SOLUTION


# %%
check("contributions", contributions)

# %% [markdown]
# ## 2. A batch, given as logarithms (4 points, 14 minutes)
#
# *You train to read arguments in a library's order, and to average over the rows.*
#
# A network hands you **log-probabilities**, a row for each example, and the targets are probabilities. Write `batch_kl(log_q, p)`: the divergence $D_{\mathrm{KL}}(P \,\|\, Q)$ of each row, averaged over the rows, in **nats**. The arguments come in the order of PyTorch's `kl_div`, so mind which is which.
#
# - `log_q`: a list of rows, $\ln q$, where `-np.inf` stands for a probability of 0; `p`: a list of as many rows of probabilities.
# - Returns one number. What never happens under $P$ adds nothing, also where $\ln q$ is `-np.inf`; what $Q$ calls impossible and happens makes the mean infinite.
# - For example, `batch_kl([[np.log(0.25), np.log(0.75)]], [[0.5, 0.5]])` is 0.1438<!-- (1/4, 3/4, 1/2, 1/2, batch_kl([[np.log(1/4), np.log(3/4)]], [[1/2, 1/2]])) --> nats.
#
# Points: `value` 3, `zeros` 1.


# %% item="batch_kl"
def batch_kl(log_q, p):
    ### BEGIN SOLUTION
    log_q, p = np.array(log_q), np.array(p)
    happens = p > 0
    terms = p[happens] * (np.log(p[happens]) - log_q[happens])
    return float(terms.sum() / len(p))
    ### END SOLUTION


# %%
check("batch_kl", batch_kl)

# %% [markdown]
# ## 3. Fewer kinds of weather (4 points, 10 minutes)
#
# *You train to merge outcomes, and to see what is lost.*
#
# One station tells six kinds of weather apart, another only three: what the first calls drizzle, rain and hail is "wet" to the second. `groups` says for each outcome which group it falls into. Write `merged_kl(p, q, groups)`: the KL divergence of the *groups* under $P$ from those under $Q$, in **nats**.
#
# - `p`, `q`: two lists of probabilities; `groups`: a list of as many whole numbers from 0 on, outcomes with one number being one group.
# - Returns one number. If a group has probability 0 under $Q$ and not under $P$, it is `np.inf`. A single outcome with $q_i = 0$ does no harm when its group has others.
# - For example, `merged_kl([0.25, 0.25, 0.5], [0, 0.5, 0.5], [0, 0, 1])` is 0.<!-- (1/4, 1/4, 1/2, 0, 1/2, 1/2, 0, 0, 1, merged_kl([1/4, 1/4, 1/2], [0, 1/2, 1/2], [0, 0, 1])) -->
#
# Points: `value` 3, `zeros` 1.


# %% item="merged_kl"
def merged_kl(p, q, groups):
    ### BEGIN SOLUTION
    p, q = np.bincount(groups, weights=p), np.bincount(groups, weights=q)
    p, q = p[p > 0], q[p > 0]
    if (q == 0).any():
        return np.inf
    return float((p * np.log(p / q)).sum())
    ### END SOLUTION


# %%
check("merged_kl", merged_kl)

# %% [markdown]
# ## 4. The number of heads (4 points, 10 minutes)
#
# *You train to look for the short way before you add up many terms.*
#
# A coin shows heads with probability $a$, and you believe $b$. It is tossed $n$ times, independently, and you are told how many heads there were. Write `heads_kl(n, a, b)`: the KL divergence of the distribution of that number from what you believe of it, in **nats**.
#
# - `n`: a whole number of at least 1; `a`, `b`: numbers from 0 to 1.
# - Returns one number. If you rule out what can happen, it is `np.inf`. Can you do it without a single binomial coefficient?
# - For example, `heads_kl(2, 0.5, 0.25)` is 0.2877<!-- (1/2, 1/4, heads_kl(2, 1/2, 1/4)) --> nats.
#
# Points: `value` 3, `edges` 1 (probabilities of 0 and 1).


# %% item="heads_kl"
def heads_kl(n, a, b):
    ### BEGIN SOLUTION
    total = 0.0
    for happens, believed in ((a, b), (1 - a, 1 - b)):
        if happens > 0:
            total += happens * np.log(happens / believed) if believed > 0 else np.inf
    return float(n * total)
    ### END SOLUTION


# %%
check("heads_kl", heads_kl)

# %% [markdown]
# ## 5. Five models, one truth (3 points, 10 minutes)
#
# *You train to choose the direction before you compare.*
#
# The days come from `p`, and you have five models of them. The first in your list should be the one that costs the least excess surprise. Write `closest_first(p, models)`: the positions of the models, from the closest to the farthest.
#
# - `p`: a list of probabilities, all above 0; `models`: a list of five distributions of the same length. No two are equally close, and at most one of them has a zero.
# - Returns a list of positions, counted from 0. A model that rules out what happens comes last.
# - For example, `closest_first([0.3, 0.7], [[0, 1], [0.9, 0.1], [0.4, 0.6], [0.1, 0.9], [0.6, 0.4]])` is `[2, 3, 4, 1, 0]`.<!-- (3/10, 7/10, 0, 1, 9/10, 1/10, 2/5, 3/5, 1/10, 9/10, 3/5, 2/5, *closest_first([3/10, 7/10], [[0, 1], [9/10, 1/10], [2/5, 3/5], [1/10, 9/10], [3/5, 2/5]])) -->
#
# Points: `order` 2, `infinite` 1.


# %% item="closest_first"
def closest_first(p, models):
    ### BEGIN SOLUTION
    with np.errstate(divide="ignore"):
        excess = [np.sum(p * np.log(np.divide(p, q))) for q in models]
    return np.argsort(excess).tolist()
    ### END SOLUTION


# %%
check("closest_first", closest_first)

# %% [markdown]
# ## 6. How low can she go? (5 points, 18 minutes)
#
# *You train to go backwards, from a divergence to a belief.*
#
# It rains with probability $a$. A forecaster likes to promise sun, and would give rain a lower probability $b$; her paper lets her lose at most so many nats a day on average against the best forecast. Write `lowest_belief(a, nats)`: the smallest $b$ for which the divergence of the coin $a$ from the coin $b$ is at most `nats`.
#
# - `a`: a number from 0 to 1; `nats`: a number of at least 0.
# - Returns a number from 0 to `a`, right to five significant digits, also where it is tiny.
# - For most $a$ there is no formula. Halve an interval, at first from 0 to $a$: the lower $b$, the dearer, so if its middle costs at most `nats`, the answer is at or below the middle, else above it. Sixty halvings do. At the ends, mind the zeros: $a = 1$ is a coin that always shows rain.
# - For example, `lowest_belief(0.5, 0.1)` is 0.2871<!-- (1/2, 1/10, lowest_belief(1/2, 1/10)) -->, and with 0 nats to spare the answer is $a$.
#
# Points: `value` 3, `small` 1 (a tiny $b$), `ends` 1.


# %% item="lowest_belief"
def lowest_belief(a, nats):
    ### BEGIN SOLUTION
    def lost(b):
        rain = a * np.log(a / b) if a > 0 else 0.0
        return rain + ((1 - a) * np.log((1 - a) / (1 - b)) if a < 1 else 0.0)

    low, high = 0.0, a
    for _ in range(60):
        b = (low + high) / 2
        if lost(b) <= nats:
            high = b
        else:
            low = b
    return float(high)
    ### END SOLUTION


# %%
check("lowest_belief", lowest_belief)

# %% [markdown]
# ## 7. A bound that is never infinite (5 points, 16 minutes)
#
# *You train to choose the $x$ in $\ln x \le x - 1$.*
#
# Take the root of the ratio before you use the tangent, and a bound comes out that stays finite even where the divergence does not. One line is missing:
#
# $$
# \begin{aligned}
# D_{\mathrm{KL}}(P \,\|\, Q) &= -2 \sum_i p_i \ln \sqrt{\frac{q_i}{p_i}} \\
# &\ge \; ? \\
# &= 2 - 2 \sum_i \sqrt{p_i q_i}
# \end{aligned}
# $$
#
# The missing line comes from $\ln x \le x - 1$ at $x = \sqrt{q_i/p_i}$, before anything is multiplied out. Write it as text; the last line, so written, is `"2 - 2*Sum(sqrt(p*q))"`, with `*` for every product and without indices. A machine proves the whole derivation with your line, or refuses it with numbers.
#
# Points: `proof` 5.

# %% item="hellinger_line"
### BEGIN SOLUTION
hellinger_line = "-2 * Sum(p * (sqrt(q / p) - 1))"
### END SOLUTION

# %%
check("hellinger_line", hellinger_line)

# %% [markdown]
# ## 8. Both directions, drawn (5 points, 16 minutes)
#
# *You train to see where the two directions part.*
#
# $P$ is a coin that shows heads on 3 tosses in 10, $Q$ one that shows them with probability $q$. Draw $D_{\mathrm{KL}}(P \,\|\, Q)$ and $D_{\mathrm{KL}}(Q \,\|\, P)$ in **nats**, for $q$ from 0 to 1, in one picture, with Matplotlib. One of them has a value at both ends: draw it there. The other climbs slowly, so cut the axis where you like, and say in the picture where it goes. Mark where both are 0. In a title or a comment, say what the difference at the ends means for somebody who has to choose $Q$.
#
# A person reads this. Points: both curves 2, the common zero 1, axes and labels 1, the sentence 1.

# %% item="plot_of_directions"
### BEGIN SOLUTION
import matplotlib.pyplot as plt


def coin_kl(a, b):
    """The divergence of coin a from coin b, where 0 ln 0 is 0."""

    def part(x, y):
        return np.where(x > 0, x * np.log(np.where(x > 0, x, 1) / y), 0)

    return part(a, b) + part(1 - a, 1 - b)


q = np.linspace(0, 1, 1001)
inside = q[1:-1]
plt.plot(inside, coin_kl(np.full_like(inside, 0.3), inside))
plt.plot(q, coin_kl(q, 0.3), linestyle="--")
plt.plot(0.3, 0, "o")
plt.annotate("both 0 at q = 0.3", (0.3, 0), (0.2, 0.35))
plt.text(0.8, 1.0, "KL(P‖Q)", ha="right")
plt.text(0.78, 0.35, "KL(Q‖P)")
plt.ylim(-0.05, 2)
plt.xlabel("q, the probability of heads under Q")
plt.ylabel("divergence (nats)")
# To rule out what happens has no finite price; to be sure of one thing that may happen has one.
plt.title("KL(P‖Q) is infinite at both ends, and KL(Q‖P) is not")
plt.show()
### END SOLUTION

# %% [markdown]
# ## 9. A divergence below zero (5 points, 14 minutes)
#
# *You train to read a number that cannot be.*
#
# A nightly report compares the shares of countries among this week's visitors with last week's, by $\sum_i p_i \ln (p_i/q_i)$, and prints "KL: -0.0031".<!-- -31 / 10**4 --> A colleague wraps the call in `abs()`: "it is about zero anyway, and now it is positive".
#
# In five to eight sentences: why can this number not be a divergence? Name two things that make the sum negative, and say how you tell them apart by its size. (Shares that were rounded to two decimals are a fault of the lists, not of the arithmetic.) What is wrong with `abs()` here, and what do you look at next? Give two short lists of your own, of numbers below 1, with which the formula gives a negative result.
#
# A person reads this. Points: never negative 1, the two causes 2, `abs()` and what to look at 1, the two lists 1.

# %% [markdown] item="negative_divergence"
# ### BEGIN SOLUTION
# The divergence of two distributions is never below 0, by Gibbs' inequality, so this number is not small but wrong. One cause is that a list does not sum to 1: counts, percentages that were rounded, samples, or a list from which a category was dropped. Then the result can have any size and any sign. With [0.33, 0.33, 0.33] and [0.33, 0.34, 0.33] the formula gives -0.0099<!-- (33/100, 33/100, 33/100, 33/100, 34/100, 33/100, 33/100 * np.log(33/34)) -->, because the first list sums to 99 in a hundred. The other cause is floating-point arithmetic: two lists that are nearly the same give a sum of terms that cancel, and what is left may be something like minus one part in ten to the seventeen. The number in the report is larger than that by fourteen powers of ten, so it is the first cause. With abs() the report shows a number that means nothing and looks like one that does, and it hides the next mistake as well. I would print the sums of both lists, and whether a category is missing from one week.
# ### END SOLUTION
