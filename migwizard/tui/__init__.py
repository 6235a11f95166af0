"""The wizard in a terminal: screens over the engine's questions. Nothing outside of this package imports Textual."""

import os

# Read by Textual when it is imported: nothing moves by itself, and over a network a repaint costs more than a frame.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
if os.environ.get("SSH_CONNECTION"):
    os.environ.setdefault("TEXTUAL_FPS", "15")
