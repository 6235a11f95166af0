"""Models and relations as a graph, and its levels."""
