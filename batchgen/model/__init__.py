"""The vocabulary of batchgen: facts that every other folder speaks in. Standard library only."""
