# ---
# jupyter:
#   kernelspec: {name: python3, display_name: Python 3, language: python}
# ---

# %% [markdown]
# # Sample set: two coins
#
# Ten minutes, 10 points. Write your answers in the cells that say so, and run the `check(...)` below each one: it
# tells you what is right, or what is wrong. What is graded are the same functions on other inputs, with NumPy alone.

# %%
import numpy as np

# %% [markdown]
# ## 1. Entropy (4 points)
#
# Write `my_entropy(p)`: the entropy of the distribution p, a list of numbers, in nats. Outcomes with p = 0 count as 0.


# %% item="my_entropy"
def my_entropy(p):
    ### BEGIN SOLUTION
    p = np.asarray(p)
    p = p[p > 0]
    return -np.sum(p * np.log(p))
    ### END SOLUTION


# %%
check("my_entropy", my_entropy)

# %% [markdown]
# ## 2. One number (2 points)
#
# A coin falls heads once in 8 throws. How many bits is its entropy? Give `bits` to 4 decimals.

# %% item="bits"
### BEGIN SOLUTION
bits = -(1 / 8 * np.log2(1 / 8) + 7 / 8 * np.log2(7 / 8))
### END SOLUTION

# %%
check("bits", bits)

# %% [markdown]
# ## 3. A missing line (2 points)
#
# KL(P‖Q) = … = H(P, Q) − H(P). Write the missing line as text, as in `"Sum(p * ln(q))"`. It takes the logarithm of
# the ratio apart.

# %% item="split"
### BEGIN SOLUTION
split = "Sum(p * (ln(p) - ln(q)))"
### END SOLUTION

# %%
check("split", split)

# %% [markdown]
# ## 4. In words (1 point)
#
# Why is the entropy of a coin largest when it is fair? Two sentences.

# %% [markdown] item="why_fair"
# ### BEGIN SOLUTION
# Each outcome of a fair coin is as surprising as the other. Any other coin is more predictable.
# ### END SOLUTION

# %% [markdown]
# ## 5. A picture (1 point)
#
# Draw the entropy of a coin against the probability of heads, with both axes labelled.

# %% item="picture"
### BEGIN SOLUTION
import matplotlib.pyplot as plt

heads = np.linspace(0, 1, 101)
plt.plot(heads, [my_entropy([p, 1 - p]) for p in heads])
plt.xlabel("probability of heads")
plt.ylabel("entropy / nats")
### END SOLUTION
