# %% [markdown]
# # Cross-entropy: a problem set
#
# **40 points, about 120 minutes.** It goes with the chapter *What does it cost to believe Q when P is true?*
#
# - **Run the cells from top to bottom.** Write your answers in the cells that ask for them, and leave the others as they are. You may add cells of your own.
# - **`check` tells you at once** whether an answer is right on a few examples, or what the mistake looks like. It does not tell the answer, and asking it costs nothing.
# - **What is graded.** The grader calls your functions with other inputs, which are drawn for you alone. So write what holds in general, and it has nothing against you. Each item says what its points are for. The last two items are read by a person.
# - **NumPy and Python's own library are all that the grader has.** A function that imports something else, such as `kltools`, gets no points; the plot may use Matplotlib.
# - Before you hand in, restart the kernel and run all cells. What does not run then does not run for the grader either.
#
# Lists come in as plain Python lists. What happens with probability 0 adds nothing. A *believed* 0 is another matter, and the items say what it costs. Where nothing else is said, a list of probabilities sums to 1.

# %%
import numpy as np

# %% [markdown]
# ## 1. A forecaster's score (3 points, 7 minutes)
#
# *You train to charge a belief for what happened.*
#
# Every evening a forecaster gives a probability to each kind of weather of the next day. Write `log_score(forecasts, happened)`: how surprised was she on average, in **bits a day**?
#
# - `forecasts`: a list of days, each a list of probabilities; `happened`: a list with the position of what happened on each day.
# - Returns one number. It is `np.inf` if something happened that she called impossible. A zero for what did not happen does no harm.
# - For example, `log_score([[0.5, 0.5], [0.25, 0.75]], [0, 0])` is 1.5 bits: one for the first day and two for the second.<!-- (1/2, 1/2, 1/4, 3/4, 0, 0, log_score([[1/2, 1/2], [1/4, 3/4]], [0, 0])) -->
#
# Points: `value` 2, `zeros` 1.


# %% item="log_score"
def log_score(forecasts, happened):
    ### BEGIN SOLUTION
    believed = np.array(forecasts)[np.arange(len(happened)), happened]
    with np.errstate(divide="ignore"):
        return float(-np.log2(believed).mean())
    ### END SOLUTION


# %%
check("log_score", log_score)

# %% [markdown]
# ## 2. Two words exchanged (3 points, 12 minutes)
#
# *You train to tell the whole cost from the excess, and whose frequencies count.*
#
# A station's code is as good as can be for the weather `p`: the word of outcome $k$ has $-\log_2 p_k$ digits (take fractions of a digit as they are). One day somebody exchanges the words of the outcomes `i` and `j` in the table, on both sides of the radio, and the weather goes on as before. Write `exchange_cost(p, i, j)`: how many **bits** more than before does a day take on average?
#
# - `p`: a list of probabilities; `i`, `j`: two positions in it, which may be the same.
# - Returns one number. If one of the two outcomes has probability 0 and the other has not, the answer is `np.inf`; if both have, it is 0.
# - For example, `exchange_cost([0.5, 0.25, 0.25], 0, 1)` is 0.25 bits.<!-- (1/2, 1/4, 1/4, 0, 1, exchange_cost([1/2, 1/4, 1/4], 0, 1)) -->
#
# Points: `excess` 2, `zeros` 1.


# %% item="exchange_cost"
def exchange_cost(p, i, j):
    ### BEGIN SOLUTION
    if p[i] == p[j]:
        return 0.0
    if p[i] == 0 or p[j] == 0:
        return np.inf
    return float((p[i] - p[j]) * np.log2(p[i] / p[j]))
    ### END SOLUTION


# %%
check("exchange_cost", exchange_cost)

# %% [markdown]
# ## 3. Scores at a temperature (4 points, 8 minutes)
#
# *You train to turn scores of any size into probabilities.*
#
# A keyboard gives each next letter a score, and the reader has a dial: all scores are divided by a temperature $T$ before the softmax. Write `tempered(z, temperature)`.
#
# - `z`: a list of scores, of any size and sign; `temperature`: a number above 0.
# - Returns a list of probabilities, as long as `z`. Scores of several thousand must not stop it, nor give nan.
# - For example, `tempered([0, 0], 2)` is `[0.5, 0.5]`, and in `tempered([0, 1, 2], 2)` the last probability is 0.5065.<!-- (0, 0, 2, 1/2, 1/2, 0, 1, 2, 2, tempered([0, 1, 2], 2)[-1]) -->
#
# Points: `value` 2, `large` 2.


# %% item="tempered"
def tempered(z, temperature):
    ### BEGIN SOLUTION
    z = np.array(z) / temperature
    powers = np.exp(z - z.max())
    return (powers / powers.sum()).tolist()
    ### END SOLUTION


# %%
check("tempered", tempered)

# %% [markdown]
# ## 4. Labels that are not sure, and scores that are (5 points, 17 minutes)
#
# *You train to write the two-class loss so that it holds for soft labels and for far scores.*
#
# A model gives a picture one score $z$, and believes with probability $\sigma(z) = 1/(1 + e^{-z})$ that a dog is in it. The label is the share of people who saw a dog. Write `logistic_loss(scores, labels)`: the mean over the pictures of the cross-entropy of $(y, 1 - y)$ and $(\sigma(z), 1 - \sigma(z))$, in **nats**.
#
# - `scores`: a list of numbers of any size; `labels`: a list of as many numbers from 0 to 1.
# - Returns one number. A score of 1000 whose label is 0 costs 1000 nats, not infinity; one whose label is 1 costs nothing.
# - For example, `logistic_loss([0.0], [0.3])` is 0.6931.<!-- (0, 3/10, logistic_loss([0], [3/10])) -->
#
# Points: `hard` 2 (labels 0 and 1), `soft` 2, `far` 1 (scores of 1000 and more).


# %% item="logistic_loss"
def logistic_loss(scores, labels):
    ### BEGIN SOLUTION
    z, y = np.array(scores), np.array(labels)
    return float((np.logaddexp(0, z) - y * z).mean())
    ### END SOLUTION


# %%
check("logistic_loss", logistic_loss)

# %% [markdown]
# ## 5. Two keyboards with different words (3 points, 5 minutes)
#
# *You train to bring the losses of two models to one unit.*
#
# A language model cuts a text into tokens, and reports how surprised it was by each, in nats. Another model cuts the same text otherwise, so their losses per token cannot be compared. Write `bits_per_character(tokens, nats)`: the cost of the text in **bits per character**.
#
# - `tokens`: a list of strings, which make the text when joined; `nats`: a list of as many numbers.
# - Returns one number. Spaces are characters.
# - For example, two tokens of 2 and 3 nats, with four letters each, come to 0.9017<!-- bits_per_character(["rain", "snow"], [2, 3]) --> bits per character.
#
# Points: `mixed` 2 (tokens of different lengths), `even` 1.


# %% item="bits_per_character"
def bits_per_character(tokens, nats):
    ### BEGIN SOLUTION
    characters = sum(len(token) for token in tokens)
    return float(np.sum(nats) / np.log(2) / characters)
    ### END SOLUTION


# %%
check("bits_per_character", bits_per_character)

# %% [markdown]
# ## 6. One forecast for several towns (3 points, 8 minutes)
#
# *You train to find the belief that costs least, and to say under what.*
#
# A newspaper prints one forecast $Q$, the same every day, for towns whose weathers differ. Town $t$ has the weather `rows[t]`, and `readers[t]` of the paper's readers live there. Write `shared_forecast(rows, readers)`: the forecast with the smallest mean cross-entropy, over all readers.
#
# - `rows`: a list of distributions of one length; `readers`: a list of as many numbers above 0, which need not sum to 1.
# - Returns a list of probabilities.
# - For example, for `[[0.5, 0.5], [1, 0]]` with 30 and 10 readers it is `[0.625, 0.375]`.<!-- (1/2, 1/2, 1, 0, 30, 10, *shared_forecast([[1/2, 1/2], [1, 0]], [30, 10])) -->
#
# Points: `value` 2, `zeros` 1.


# %% item="shared_forecast"
def shared_forecast(rows, readers):
    ### BEGIN SOLUTION
    weights = np.array(readers) / np.sum(readers)
    return (weights @ np.array(rows)).tolist()
    ### END SOLUTION


# %%
check("shared_forecast", shared_forecast)

# %% [markdown]
# ## 7. A code made elsewhere (4 points, 12 minutes)
#
# *You train to build a code from one distribution and pay for it under another.*
#
# Shannon's code for $Q$ gives the outcome $i$ a word of $\lceil -\log_2 q_i \rceil$ binary digits: the surprise, rounded up to a whole number. The machine it was made for has the distribution $Q$; yours has $P$. Write `shannon_cost(p, q)`: how many **digits** does a word take on yours, on average?
#
# - `p`, `q`: two lists of probabilities of equal length.
# - Returns one number. An outcome with $q_i = 0$ has no word: if it happens on your machine, the answer is `np.inf`, and if it never does, it costs nothing.
# - For example, `shannon_cost([0.5, 0.5], [0.25, 0.75])` is 1.5 digits.<!-- (1/2, 1/2, 1/4, 3/4, shannon_cost([1/2, 1/2], [1/4, 3/4])) -->
#
# Points: `value` 2, `dyadic` 1 (surprises that are whole already), `zeros` 1.


# %% item="shannon_cost"
def shannon_cost(p, q):
    ### BEGIN SOLUTION
    happens = np.array(p) > 0
    with np.errstate(divide="ignore"):
        lengths = np.ceil(-np.log2(np.array(q)[happens]))
    return float(np.array(p)[happens] @ lengths)
    ### END SOLUTION


# %%
check("shannon_cost", shannon_cost)

# %% [markdown]
# ## 8. Two forecasts, averaged (5 points, 16 minutes)
#
# *You train to use $\ln x \le x - 1$ where it saves the most.*
#
# Two forecasters believe $Q$ and $R$. Print the average of their forecasts, and it never costs more than the two cost on average. Here is why, for $q_i$ and $r_i$ above 0, with one line missing:
#
# $$
# \begin{aligned}
# \tfrac12 H(P, Q) + \tfrac12 H(P, R) &= H\left(P, \tfrac{Q + R}{2}\right) - \tfrac12 \sum_i p_i \ln \frac{4 q_i r_i}{(q_i + r_i)^2} \\
# &\ge \; ? \\
# &= H\left(P, \tfrac{Q + R}{2}\right) + \tfrac12 \sum_i p_i \frac{(q_i - r_i)^2}{(q_i + r_i)^2}
# \end{aligned}
# $$
#
# The first step writes $q_i r_i$ as $\left(\tfrac{q_i + r_i}{2}\right)^2 \cdot \tfrac{4 q_i r_i}{(q_i + r_i)^2}$ inside the logarithm. The missing line comes from $\ln x \le x - 1$ at $x = 4 q_i r_i / (q_i + r_i)^2$, before anything is multiplied out. Write the whole line as text, in quotes, with `p`, `q`, `r` (no index), `Sum(...)` and `H(...)`: the cost of the average is `H(p, (q + r)/2)`, a square is `**2`, and a product needs its `*`. A machine proves the whole derivation with your line, or says what is wrong; that takes it a few seconds.
#
# Points: `proof` 5.

# %% item="ensemble_line"
### BEGIN SOLUTION
ensemble_line = "H(p, (q + r)/2) - Sum(p * (4*q*r / (q + r)**2 - 1))/2"
### END SOLUTION

# %%
check("ensemble_line", ensemble_line)

# %% [markdown]
# ## 9. What a belief costs, drawn (5 points, 17 minutes)
#
# *You train to see a cost and its floor in one picture.*
#
# It rains on 3 days in 10. Draw what it costs to believe that it rains with probability $q$: the cross-entropy $H(P, Q)$ in **bits**, for $q$ from 0 to 1, without nan or warnings. Draw the floor $H(P)$ as a line, and mark the lowest point of the curve, which your program has to find. Name the axes and the unit. Choose the height of the axis so that the middle can be read although both ends are infinite. Say in a title or a comment: which is the dearer error, to believe $\tfrac{1}{10}$ or to believe $\tfrac12$, and what in the curve shows why?
#
# With Matplotlib, `import matplotlib.pyplot as plt`: `plt.plot(x, y)` draws a curve, `plt.plot(x, y, "o")` a point, `plt.axhline(y)` a level line; `plt.ylim(low, high)` sets the height, and `plt.xlabel`, `plt.ylabel` and `plt.title` take a text.
#
# A person reads this. Points: the curve 2, floor and lowest point 1, the axes 1, the sentence 1.

# %% item="plot_of_cost"
### BEGIN SOLUTION
import matplotlib.pyplot as plt

q = np.linspace(0, 1, 1001)[1:-1]
cost = -0.3 * np.log2(q) - 0.7 * np.log2(1 - q)
floor = -0.3 * np.log2(0.3) - 0.7 * np.log2(0.7)
best = cost.argmin()
plt.plot(q, cost)
plt.axhline(floor, linestyle="--")
plt.plot(q[best], cost[best], "o")
plt.annotate(f"q = {q[best]:.3f}, {cost[best]:.4f} bits", (q[best], cost[best]), (0.35, 0.5))
plt.text(0.72, floor - 0.25, "the floor H(P)")
plt.xlim(0, 1)
plt.ylim(0, 4)
plt.xlabel("q, the believed probability of rain")
plt.ylabel("H(P, Q) (bits)")
# Both are 0.2 off, and 0.1 costs more than 0.5: the nearer an end, the steeper the curve.
plt.title("To believe 1/10 is dearer than to believe 1/2: the curve is steeper near 0")
plt.show()
### END SOLUTION

# %% [markdown]
# ## 10. Halve it by spring (5 points, 18 minutes)
#
# *You train to ask what a loss could fall to.*
#
# Three doctors label each picture of a skin, and often they disagree. A model is trained on labels that are drawn from the three at random, and its loss, the mean over fresh pictures, stands at half a nat. "A perfect model has a loss of 0", says the head of the department. "Halve it by spring."
#
# Each picture has a $P$ of its own: how likely each label is for somebody who knows only the picture. The three answers are a sample from it.
#
# In five to eight sentences: what is the lowest loss that any model can reach here, and why? What would you measure before you promise anything? Make an example in nats. And where could a loss of 0 be reached after all, without being worth anything?
#
# A person reads this. Points: the floor 2, what follows for the promise 1, how to measure it, with a number 1, the warning 1.

# %% [markdown] item="loss_of_zero"
# ### BEGIN SOLUTION
# The loss is a cross-entropy, and its floor is the entropy of a label when the picture is known, averaged over the pictures. The doctors disagree, so this entropy is above 0, and no model can get below it on pictures that it has not seen. The loss is floor plus excess, and only the excess can be trained away. How much that is nobody can say before the floor is measured: half may be impossible, or easy. So let all three doctors label the same few hundred pictures, and average the entropy of their answers. If on every picture two of them say one thing and the third another, the floor is 0.6365<!-- entropy([1/3, 2/3]) --> nats, and a loss of half a nat would be a reason to look for a mistake; if they all agree on half of the pictures and are split in this way on the rest, the floor is 0.3183<!-- entropy([1/3, 2/3]) / 2 --> nats, and less than half of the loss is left to save. (Three answers are few, so the entropy of their frequencies is somewhat too low.) On the pictures that it is trained on, a model can reach 0, by learning each label by heart; that is worth nothing on the next picture.
# ### END SOLUTION
