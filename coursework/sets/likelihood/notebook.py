# %% [markdown]
# # Likelihood: a problem set
#
# **40 points, about 120 minutes.** It goes with the chapter *Why does training minimise it?*
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
# ## 1. Two forecasters, one diary (4 points, 12 minutes)
#
# *You train to compare two models on data, with no coefficient and no underflow.*
#
# A diary, perhaps thousands of days long, says how many days there were of each kind of weather. Two forecasters believed `q` and `r`, the same on every day. Write `log_ratio(counts, q, r)`: by how many **nats** is the log-likelihood of `q` above that of `r`, on the whole diary?
#
# - `counts`: a list of whole numbers; `q`, `r`: lists of probabilities of the same length.
# - Returns one number. Who rules out what was seen has infinitely little likelihood: `np.inf` if that is `r`, `-np.inf` if that is `q` (never both). Where nothing was seen, a zero does no harm.
# - For example, `log_ratio([1, 3], [0.25, 0.75], [0.5, 0.5])` is 0.5232.<!-- (1, 3, 1/4, 3/4, 1/2, 1/2, log_ratio([1, 3], [1/4, 3/4], [1/2, 1/2])) -->
#
# Points: `value` 2, `long` 1, `zeros` 1.


# %% item="log_ratio"
def log_ratio(counts, q, r):
    ### BEGIN SOLUTION
    seen = np.array(counts) > 0
    n, q, r = np.array(counts)[seen], np.array(q)[seen], np.array(r)[seen]
    with np.errstate(divide="ignore"):
        return float((n * np.log(q)).sum() - (n * np.log(r)).sum())
    ### END SOLUTION


# %%
check("log_ratio", log_ratio)

# %% [markdown]
# ## 2. How much to smooth (4 points, 13 minutes)
#
# *You train to judge an estimate by days that it has not seen.*
#
# You learn a distribution from the counts of a short diary by adding $\alpha$ to each of them and dividing by the new sum. Which $\alpha$ is best? Write `choose_alpha(train, test, candidates)`: learn from `train` with each candidate, and return **the candidate** with the lowest negative log-likelihood on the counts `test`.
#
# - `train`, `test`: two lists of counts of equal length; `candidates`: a list of numbers of at least 0, in any order.
# - Returns one of the candidates. One that gives probability 0 to what happens in `test` has an infinite loss.
# - For example, of `[0, 1, 100]` the best for `train` = `[3, 0]` and `test` = `[8, 2]` is 1.<!-- choose_alpha([3, 0], [8, 2], [0, 1, 100]) -->
#
# Points: `choice` 3, `unseen` 1 (an outcome that is missing from `train`, or from both).


# %% item="choose_alpha"
def choose_alpha(train, test, candidates):
    ### BEGIN SOLUTION
    seen = np.array(test) > 0

    def loss(alpha):
        q = np.array(train) + alpha
        with np.errstate(divide="ignore"):
            return -(np.array(test)[seen] * np.log(q[seen] / q.sum())).sum()

    return min(candidates, key=loss)
    ### END SOLUTION


# %%
check("choose_alpha", choose_alpha)

# %% [markdown]
# ## 3. Bicycles on a bridge (3 points, 5 minutes)
#
# *You train to estimate a rate from watches of unequal length.*
#
# You counted bicycles in several watches, each of its own length. If they come at one rate of $\lambda$ an hour, the count of a watch of $h$ hours has a Poisson distribution with the mean $\lambda h$. Write `rate_per_hour(counts, hours)`: the $\lambda$ with the largest likelihood.
#
# - `counts`: a list of whole numbers; `hours`: a list of as many numbers above 0.
# - Returns one number, in bicycles per hour. A watch in which nothing came is a watch too.
# - For example, `rate_per_hour([12, 30], [1, 4])` is 8.4.<!-- rate_per_hour([12, 30], [1, 4]) -->
#
# Points: `value` 2, `quiet` 1.


# %% item="rate_per_hour"
def rate_per_hour(counts, hours):
    ### BEGIN SOLUTION
    return float(np.sum(counts) / np.sum(hours))
    ### END SOLUTION


# %%
check("rate_per_hour", rate_per_hour)

# %% [markdown]
# ## 4. Lamps that still burn (4 points, 12 minutes)
#
# *You train to use what did not happen.*
#
# Lamps fail at a rate of $\lambda$ an hour, so one burns longer than $t$ hours with probability $e^{-\lambda t}$, and its failure at $t$ has the density $\lambda e^{-\lambda t}$. You stop the test while some still burn. The likelihood is a product over the lamps: one that failed gives its density, one that still burns its probability to burn so long. Write `failure_rate(hours, burnt_out)`: the $\lambda$ at which it is largest.
#
# - `hours`: how long each lamp has burnt; `burnt_out`: for each, `True` if it failed then and `False` if it still burns. At least one has failed.
# - Returns one number, in failures per hour.
# - For example, `failure_rate([100, 400, 500], [True, False, True])` is 0.002.<!-- failure_rate([100, 400, 500], [True, False, True]) -->
#
# Points: `all` 1 (every lamp has failed), `burning` 3.


# %% item="failure_rate"
def failure_rate(hours, burnt_out):
    ### BEGIN SOLUTION
    # The log-likelihood is (failures) ln λ − λ (all hours), and its slope is 0 at the quotient.
    return float(np.sum(burnt_out) / np.sum(hours))
    ### END SOLUTION


# %%
check("failure_rate", failure_rate)

# %% [markdown]
# ## 5. A thermometer's loss (4 points, 10 minutes)
#
# *You train to write a loss for a density, constants included.*
#
# A model gives each reading of a thermometer a normal distribution with mean `mu` and standard deviation `sigma`. Write `normal_nll(x, mu, sigma)`: the mean negative log-density of the readings, in **nats**.
#
# - `x`: a list of numbers; `mu`: a number; `sigma`: a number above 0.
# - Returns one number, finite also for a broken reading a hundred `sigma` from `mu`. Leave no constant out: models with different `sigma` are to be compared.
# - For example, `normal_nll([1.0, -1.0], 0, 1)` is 1.4189.<!-- (1, -1, 0, 1, normal_nll([1, -1], 0, 1)) -->
#
# Points: `value` 2, `narrow` 1 (a small `sigma`), `far` 1.


# %% item="normal_nll"
def normal_nll(x, mu, sigma):
    ### BEGIN SOLUTION
    squares = ((np.array(x) - mu) / sigma) ** 2
    return float(np.mean(squares / 2) + np.log(sigma * np.sqrt(2 * np.pi)))
    ### END SOLUTION


# %%
check("normal_nll", normal_nll)

# %% [markdown]
# ## 6. Some pictures have no label (5 points, 17 minutes)
#
# *You train to write the loss of a batch as frameworks do, from scores and with gaps.*
#
# A classifier gives each picture a score for each class. Some pictures have a label, the position of the right class; those without one have −1 in its place. Write `labelled_loss(logits, targets)`: the mean of $-\ln \operatorname{softmax}(z)_{\text{label}}$ over the pictures that **have** a label, in **nats**.
#
# - `logits`: a list of rows of scores of any size; `targets`: a list of as many whole numbers of at least −1, and not all of them −1.
# - Returns one number, finite and right also for scores of 1000 and of −1000. (A softmax stays the same when one number is taken off all scores of its row, and the logarithm of a quotient is a difference.)
# - For example, `labelled_loss([[0, 0], [5, 1]], [1, -1])` is 0.6931.<!-- (0, 0, 5, 1, 1, -1, labelled_loss([[0, 0], [5, 1]], [1, -1])) -->
#
# Points: `value` 2, `unlabelled` 2, `far` 1.


# %% item="labelled_loss"
def labelled_loss(logits, targets):
    ### BEGIN SOLUTION
    z, y = np.array(logits), np.array(targets)
    z, y = z[y >= 0], y[y >= 0]
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_q[np.arange(len(y)), y].mean())
    ### END SOLUTION


# %%
check("labelled_loss", labelled_loss)

# %% [markdown]
# ## 7. Is the die fair? (4 points, 10 minutes)
#
# *You train to find the divergence in a comparison of two likelihoods.*
#
# You throw a die $N$ times, and you believe `q`. How much more likely are the throws under the distribution that suits them best? Twice the difference of the two log-likelihoods, in **nats**, is called $G$. Write `g_statistic(counts, q)`.
#
# - `counts`: a list of whole numbers, not all 0; `q`: a list of probabilities of the same length.
# - Returns one number. A side that never came adds nothing; one that came although `q` rules it out makes it `np.inf`.
# - For example, `g_statistic([6, 2], [0.5, 0.5])` is 2.0930.<!-- (6, 2, 1/2, 1/2, g_statistic([6, 2], [1/2, 1/2])) -->
#
# Points: `value` 3, `zeros` 1.


# %% item="g_statistic"
def g_statistic(counts, q):
    ### BEGIN SOLUTION
    seen = np.array(counts) > 0
    n = np.array(counts)[seen]
    with np.errstate(divide="ignore"):
        return float(2 * (n * np.log(n / sum(counts) / np.array(q)[seen])).sum())
    ### END SOLUTION


# %%
check("g_statistic", g_statistic)

# %% [markdown]
# ## 8. The best rates, without a derivative (4 points, 15 minutes)
#
# *You train to find a maximum with an inequality.*
#
# On the bridges $i$ you counted $x_i$ bicycles in $h_i$ hours. With a rate of its own, $r_i$, for each bridge, the log-likelihood is $\sum_i (x_i \ln r_i - r_i h_i)$, up to what does not depend on the rates. It is never above its value at $r_i = x_i / h_i$. One line is missing:
#
# $$
# \begin{aligned}
# \sum_i (x_i \ln r_i - r_i h_i) &= \sum_i x_i \ln \frac{x_i}{h_i} + \sum_i x_i \ln \frac{r_i h_i}{x_i} - \sum_i r_i h_i \\
# &\le \; ? \\
# &= \sum_i x_i \ln \frac{x_i}{h_i} - \sum_i x_i
# \end{aligned}
# $$
#
# The missing line comes from $\ln y \le y - 1$ at $y = r_i h_i / x_i$, before anything is multiplied out. Write it as text, in quotes, with `x`, `h`, `r`, `Sum(...)`, `ln(...)` and a `*` in every product. A machine proves the whole derivation with your line, or refuses it with numbers. (It takes all $x_i$ to be above 0.)
#
# Points: `proof` 4.

# %% item="rates_line"
### BEGIN SOLUTION
rates_line = "Sum(x * ln(x / h)) + Sum(x * (r * h / x - 1)) - Sum(r * h)"
### END SOLUTION

# %%
check("rates_line", rates_line)

# %% [markdown]
# ## 9. Ten tosses and a hundred, drawn (4 points, 12 minutes)
#
# *You train to see what more data does to a likelihood.*
#
# A coin showed heads on 3 of 10 tosses, another on 30 of 100. Draw for both, in one picture and with Matplotlib, the log-likelihood of the probability $q$ of heads in **nats**, each less its own largest value, so that both tops stand at 0. Show the part from −10 to 0. Mark where the tops are; your program has to find them. In a title or a comment, say what ten times the data does to the height of the curve at each $q$, and what to the top.
#
# A person reads this. Points: both curves 1, both tops 1, axes and labels 1, the sentence 1.

# %% item="plot_of_likelihoods"
### BEGIN SOLUTION
import matplotlib.pyplot as plt

q = np.linspace(0, 1, 1001)[1:-1]
for tosses, style, place in ((10, "-", (0.62, -1.0)), (100, "--", (0.53, -8.5))):
    heads = 3 * tosses // 10
    log_likelihood = heads * np.log(q) + (tosses - heads) * np.log(1 - q)
    top = log_likelihood.argmax()
    plt.plot(q, log_likelihood - log_likelihood[top], style)
    plt.plot(q[top], 0, "o")
    plt.text(*place, f"{heads} of {tosses}: q = {q[top]:.2f}")
plt.ylim(-10, 0.5)
plt.xlabel("q, the probability of heads")
plt.ylabel("log-likelihood less its largest value (nats)")
# The top stays where it is. Every other q is ten times as far below it.
plt.title("Ten times the data: the same top, ten times the depth beside it")
plt.show()
### END SOLUTION

# %% [markdown]
# ## 10. A loss of zero (4 points, 14 minutes)
#
# *You train to say which P a loss is about.*
#
# A friend trains a model on fifty different pictures, each with one label, until its training loss is 0 nats to six digits. "The KL divergence from the truth is never below 0", he says, "and the loss is floor plus divergence. So both are 0: my model *is* the truth."
#
# In five to eight sentences: what has become 0, and what has not? Why could it become 0 at all, whatever the labels are? Of which two quantities is the divergence that he means the difference, and how would you estimate each? Which numbers, in nats, would speak for him and which against?
#
# A person reads this. Points: which P 1, why it can vanish 1, the two quantities 1, the numbers 1.

# %% [markdown] item="perfect_on_training"
# ### BEGIN SOLUTION
# What has become 0 is the mean negative log-likelihood of the fifty pictures, the cross-entropy of their *empirical* distribution and the model. His sentence is about the true one. Each picture is there once, with one label, so in the empirical distribution the label is certain when the picture is known: its floor is 0, and a model that learns fifty labels by heart reaches it, also if the labels were drawn by lot. About the truth this says nothing. The divergence that he means is the loss on fresh pictures less the entropy of the true labels given the picture. So I would take some hundred pictures that were kept aside, have each labelled by several people, and compute two numbers: the loss, and the entropy of the people's answers. If the people agree and the loss is 0.01 nats<!-- 1 / 100 -->, that speaks for him. If it is around 0.69 nats<!-- np.log(2) --> for two classes, that of a model that knows nothing, or larger, then the model has learnt the fifty pictures and no more.
# ### END SOLUTION
