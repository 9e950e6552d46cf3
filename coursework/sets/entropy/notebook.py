# %% [markdown]
# # Entropy: a problem set
#
# **40 points, about 120 minutes.** It goes with the chapter *How surprised should you expect to be?*
#
# - **Run the cells from top to bottom.** Write your answers in the cells that ask for them, and leave the others as they are. You may add cells of your own.
# - **`check` tells you at once** whether an answer is right on a few examples, or what the mistake looks like. It does not tell the answer, and asking it costs nothing.
# - **What is graded.** The grader calls your functions with other inputs, which are drawn for you alone. So write what holds in general, and it has nothing against you. Each item says what its points are for. The last two items are read by a person.
# - **NumPy and Python's own library are all that the grader has.** A function that imports something else, such as `kltools`, gets no points; the plot may use Matplotlib.
# - Before you hand in, restart the kernel and run all cells. What does not run then does not run for the grader either.
#
# Lists come in as plain Python lists. Where a probability or a count is 0, an outcome did not happen and adds nothing, unless an item says otherwise. Where nothing else is said, a list of probabilities sums to 1.

# %%
import numpy as np

# %% [markdown]
# ## 1. A day of radio (4 points, 10 minutes)
#
# *You train to add surprises, and to see where a product of probabilities fails.*
#
# A weather station sends a word every ten seconds. Its words have the probabilities `p`, and the words of a day are independent. Write `message_surprise(p, message)`: how surprising is the whole message, in **bits**? `message` is a list of positions in `p`, so that `[0, 2, 2]` is the word 0 and then the word 2 twice.
#
# - `p`: a list of probabilities; `message`: a list of whole numbers, of any length.
# - Returns one number. A message with a word of probability 0 has infinite surprise, `np.inf`. A zero in `p` that the message does not use does no harm.
# - For example, `message_surprise([0.5, 0.25, 0.25], [0, 2, 2])` is 5 bits: one for the first word and two for each of the others.<!-- (1/2, 1/4, 1/4, 0, 2, 2, message_surprise([1/2, 1/4, 1/4], [0, 2, 2])) -->
#
# Points: `total` 2, `long` 1 (a message of thousands of words), `zeros` 1.


# %% item="message_surprise"
def message_surprise(p, message):
    ### BEGIN SOLUTION
    with np.errstate(divide="ignore"):
        surprises = -np.log2(p)
    return float(surprises[message].sum())
    ### END SOLUTION


# %%
check("message_surprise", message_surprise)

# %% [markdown]
# ## 2. As many birds as how many? (4 points, 8 minutes)
#
# *You train to read an entropy as a number of outcomes, from counts.*
#
# At a bird table you count visitors: so many sparrows, so many tits, so many of each other kind. Some kinds are common and some came once, so "seven species" says little. Write `effective_species(counts)`: the **perplexity** of the distribution that the counts stand for. It is the number of equally frequent species that would leave you in as much doubt about the next visitor.
#
# - `counts`: a list of whole numbers, at least one of them above 0.
# - Returns one number, which has no unit. A species with count 0 adds nothing.
# - For example, `effective_species([2, 1, 1])` is 2.8284<!-- effective_species([2, 1, 1]) -->.
#
# Points: `value` 3, `zeros` 1.


# %% item="effective_species"
def effective_species(counts):
    ### BEGIN SOLUTION
    n = np.array([count for count in counts if count > 0])
    p = n / n.sum()
    return float(np.exp(-(p * np.log(p)).sum()))
    ### END SOLUTION


# %%
check("effective_species", effective_species)

# %% [markdown]
# ## 3. First which tray, then which roll (4 points, 10 minutes)
#
# *You train to take an entropy in two stages.*
#
# A baker reaches for one of several trays, and takes a roll from it. Tray $i$ is chosen with probability `first[i]`, and then its kinds of roll have the probabilities in the list `then[i]`. No kind lies on two trays. Write `staged_entropy(first, then)`: the entropy of the roll that is taken, in **bits**.
#
# - `first`: a list of probabilities; `then`: a list of as many lists, all of one length, each of which sums to 1.
# - Returns one number. A tray that is never chosen adds nothing, whatever lies on it.
# - For example, `staged_entropy([0.5, 0.5], [[1, 0], [0.5, 0.5]])` is 1.5 bits.<!-- (1/2, 1/2, 1, 0, 1/2, 1/2, staged_entropy([1/2, 1/2], [[1, 0], [1/2, 1/2]])) -->
#
# Points: `value` 3, `zeros` 1.


# %% item="staged_entropy"
def staged_entropy(first, then):
    ### BEGIN SOLUTION
    rolls = np.outer(first, np.ones(len(then[0]))) * then
    p = rolls[rolls > 0]
    return float(-(p * np.log2(p)).sum())
    ### END SOLUTION


# %%
check("staged_entropy", staged_entropy)

# %% [markdown]
# ## 4. What a code wastes (5 points, 15 minutes)
#
# *You train to tell which codes can exist, and to compare one with its floor.*
#
# An engineer gives you the lengths of the binary words of a code, one for each outcome, and how often each is sent. Write `code_waste(p, lengths)`: how many **bits** more than the entropy does the code spend on a word, on average? Mind that not every list of lengths is possible: if **no prefix code** has these lengths, return `np.inf`.
#
# - `p`: a list of probabilities, all above 0; `lengths`: a list of whole numbers of at least 1.
# - Returns one number, never below 0 apart from rounding.
# - For example, `code_waste([0.5, 0.25, 0.25], [2, 2, 2])` is 0.5 bits, and with the lengths `[1, 1, 2]` the answer is `np.inf`.<!-- (1/2, 1/4, 1/4, 2, 2, 2, code_waste([1/2, 1/4, 1/4], [2, 2, 2]), 1, 1, 2, code_waste([1/2, 1/4, 1/4], [1, 1, 2])) -->
#
# Points: `waste` 3, `complete` 1 (no further word fits in the code), `impossible` 1.


# %% item="code_waste"
def code_waste(p, lengths):
    ### BEGIN SOLUTION
    p, lengths = np.array(p), np.array(lengths)
    if (0.5**lengths).sum() > 1:
        return np.inf
    return float((p * (lengths + np.log2(p))).sum())
    ### END SOLUTION


# %%
check("code_waste", code_waste)

# %% [markdown]
# ## 5. How sure is she? (4 points, 17 minutes)
#
# *You train to go backwards, from an entropy to a probability.*
#
# A forecaster says "rain" or "dry", and will not tell you her probability. She tells you the entropy of her forecast, in **bits**. Write `rarer_side(bits)`: the probability of the side that she thinks the less likely, a number from 0 to ½.
#
# - `bits`: a number from 0 to 1.
# - Returns one number, right to six significant digits: a small answer needs more than six decimals.
# - There is no formula. From 0 to ½ the entropy rises: halve that interval 60 times, and keep the half that holds the answer. Do not wait until the entropy is met exactly, as rounding may miss it for ever.
# - For example, `rarer_side(0.5)` is 0.110028.<!-- (1/2, rarer_side(1/2)) -->
#
# Points: `between` 3, `ends` 1 (0 bits and 1 bit).


# %% item="rarer_side"
def rarer_side(bits):
    ### BEGIN SOLUTION
    low, high = 0.0, 0.5
    for _ in range(60):
        p = (low + high) / 2
        if -p * np.log2(p) - (1 - p) * np.log2(1 - p) < bits:
            low = p
        else:
            high = p
    return high
    ### END SOLUTION


# %%
check("rarer_side", rarer_side)

# %% [markdown]
# ## 6. Which question first? (4 points, 13 minutes)
#
# *You train to measure what an answer tells, without typing a marginal.*
#
# You sort mushrooms into kinds, and may ask one question: the colour of the gills, say. You have a table of those sorted before: a row for each answer to the question, a column for each kind, and in each cell a **count**. Write `information_gain(table)`: by how many **bits** does the answer reduce the entropy of the kind, on average? Decision trees choose their questions by this number.
#
# - `table`: a list of rows, all of one length.
# - Returns one number. Empty cells and empty rows add nothing.
# - For example, `information_gain([[2, 1], [1, 4]])` is 0.1589<!-- information_gain([[2, 1], [1, 4]]) --> bits.
#
# Points: `gain` 3, `zeros` 1.


# %% item="information_gain"
def information_gain(table):
    ### BEGIN SOLUTION
    def bits(p):
        p = p[p > 0]
        return -(p * np.log2(p)).sum()

    cells = np.array(table) / np.sum(table)
    return float(bits(cells.sum(axis=0)) + bits(cells.sum(axis=1)) - bits(cells))
    ### END SOLUTION


# %%
check("information_gain", information_gain)

# %% [markdown]
# ## 7. Two days alike (5 points, 16 minutes)
#
# *You train to use $\ln x \le x - 1$ at a new point.*
#
# Two independent days are alike with probability $\sum_i p_i^2$. The surprise of that, $-\ln \sum_i p_i^2$, is never more than the entropy. Here is why, with one line missing:
#
# $$
# \begin{aligned}
# H(P) + \ln \sum_i p_i^2 &= -\sum_i p_i \ln \frac{p_i}{\sum_k p_k^2} \\
# &\ge \; ? \\
# &= \sum_i p_i - 1 = 0
# \end{aligned}
# $$
#
# The missing line comes from $\ln x \le x - 1$ at $x = p_i / \sum_k p_k^2$. Write it as text, in quotes, with `p` (no index) and `Sum(...)`. A `Sum` can stand inside another: `"Sum(p / Sum(p**2))"` is $\sum_i p_i / \sum_k p_k^2$. A machine proves the steps around your line, from the first sum to $\sum_i p_i - 1$, or says what is wrong. They do not need that $p$ sums to 1, so it tries tables with any sum.
#
# Points: `proof` 5.

# %% item="collision_line"
### BEGIN SOLUTION
collision_line = "-Sum(p * (p / Sum(p**2) - 1))"
### END SOLUTION

# %%
check("collision_line", collision_line)

# %% [markdown]
# ## 8. A third outcome, drawn (5 points, 15 minutes)
#
# *You train to draw an entropy whole, ends included.*
#
# Three outcomes have the probabilities $t$, $\frac{1-t}{2}$ and $\frac{1-t}{2}$. Draw the entropy in **bits** for $t$ from 0 to 1. Name the axes and the unit. Mark the highest point, which your program has to find, and say in a title or a comment why both ends are where they are.
#
# With Matplotlib, `import matplotlib.pyplot as plt`: `plt.plot(x, y)` draws a curve, `plt.plot(x, y, "o")` a point, and `plt.xlabel`, `plt.ylabel` and `plt.title` take a text.
#
# A person reads this. Points: the curve 2, its axes 1, its highest point 1, its ends 1.

# %% item="plot_of_doubt"
### BEGIN SOLUTION
import matplotlib.pyplot as plt

t = np.linspace(0, 1, 1201)
p = np.stack([t, (1 - t) / 2, (1 - t) / 2])
bits = -(p * np.log2(p, where=p > 0, out=np.zeros_like(p))).sum(axis=0)
top = bits.argmax()
plt.plot(t, bits)
plt.plot(t[top], bits[top], "o")
plt.annotate(f"t = {t[top]:.3f}, {bits[top]:.4f} bits", (t[top], bits[top]), (0.2, 1.3))
plt.xlabel("t, the probability of the first outcome")
plt.ylabel("entropy (bits)")
# At t = 0 a fair coin chooses between the other two, 1 bit; at t = 1 nothing is in doubt, 0 bits.
plt.title("1 bit at t = 0: two even outcomes are left. 0 bits at t = 1: one is certain.")
plt.show()
### END SOLUTION

# %% [markdown]
# ## 9. The password meter (5 points, 16 minutes)
#
# *You train to ask whose entropy a number is.*
#
# A web site judges a new password like this: it takes the frequencies of the letters *in the password*, computes their entropy, and multiplies it by the length. For `abcdefgh` it shows "24 bits, strong".<!-- 8 * np.log2(8) -->
#
# In five to eight sentences: what is this number the entropy of, and for which way of choosing a password would it be right? An attacker tries the likeliest passwords first: why does the number not say how long that takes? Give an example that shows it. What would you have to know to give the entropy that matters? Work it out for another way of choosing, with its unit.
#
# A person reads this. Points: whose entropy it is 2, when the number would be right 1, the example 1, what is needed instead, with a number 1.

# %% [markdown] item="password_meter"
# ### BEGIN SOLUTION
# Entropy belongs to a source, something that could have sent otherwise, and a password that is written down could not. The meter's number is the entropy of another source, and right for that one: it draws eight letters independently and evenly, each time from the eight of this password alone. The attacker does not face that source. She faces the way in which people choose, and people like the beginning of the alphabet: `abcdefgh` is among the first that she tries, and the meter gives the same 24 bits to its letters in any order. The other way round, `aaaaaaaa` gets 0 bits from the meter, though a machine that draws from 26 letters may have drawn it. What you have to know is the distribution over all passwords, that is, how they are chosen. If each of 8 letters is drawn evenly and independently from 26, every password has the same probability, and the entropy is $8 \log_2 26$, or 37.6<!-- 8 * np.log2(26) --> bits, for each of them. If somebody takes one of 1000 favourite words with equal probability, it is $\log_2 1000$, or 10.0<!-- np.log2(1000) --> bits, however long the word is.
# ### END SOLUTION
