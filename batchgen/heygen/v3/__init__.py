"""The current generation: keys, batches, bulk statuses."""
