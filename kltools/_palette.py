"""The colours of the course: one for each role in every figure and explorer.

They keep to the hues of Okabe and Ito (2008), moved as little as it takes for two things that the tests
compute: letters in them can be read on white, and no two look alike to eyes that lack one kind of cone.
"""

BLUE = "#2d63a6"  # P: what happens, the truth, the floor
ORANGE = "#c6520b"  # Q: what is believed, the excess
GREEN = "#1d563d"  # M: the mixture of two distributions
GREY = "#757575"  # all the rest
BLACK = "#000000"
