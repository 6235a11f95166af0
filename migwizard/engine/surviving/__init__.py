"""What survives a kill: durable writes, the journal, the checkpoint and its lock, and how what was cut off is settled."""
