"""What batchgen costs beside the best that could be done, each figure with its peer in the same run."""
