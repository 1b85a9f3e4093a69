"""The generation that the first documents describe: no keys, no batches, one status call a job."""
