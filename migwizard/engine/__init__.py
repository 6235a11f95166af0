"""The state machine: one table of states, a checkpoint, events and questions, no screen."""
