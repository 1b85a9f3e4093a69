"""Files of this machine go to the account before the jobs that name them."""
