"""The faces without screens: narration for people, numbered questions, and one JSON object a line for programs."""
