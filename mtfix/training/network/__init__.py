"""The network: base, batches, fitting, export."""
