"""Graph and Levels: which apps and which of their migrations take part, the plan that follows, and what it saves."""
